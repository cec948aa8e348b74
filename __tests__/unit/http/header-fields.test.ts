import { ServerResponse, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { mergeHeaders, mergeVary } from '../../../src/http/header-fields';
import type { Answer, HeaderFields, SharedFile } from '../../../src/types';

const file: SharedFile = { filename: 'a.txt', path: 'a.txt', mtime: new Date(0), size: 1 };

/** The fields to set, and those that are left in front. */
function merge(
  front: Record<string, string | string[]>,
  headers: HeaderFields,
  answer: Pick<Answer, 'status' | 'file'> = { status: 200, file },
): [merged: HeaderFields, front: Record<string, unknown>] {
  const res = new ServerResponse(new IncomingMessage(new Socket()));
  for (const [name, value] of Object.entries(front)) res.setHeader(name, value);
  return [mergeHeaders(headers, answer, res), { ...res.getHeaders() }];
}

const OURS = ['Cache-Control', 'public', 'Content-Type', 'text/plain', 'ETag', '"x"'];

describe('fields in front', () => {
  test('take precedence over those of a file, except those about its bytes', () => {
    const front = { 'cache-control': 'private', 'content-type': 'text/css', etag: '"y"', 'x-own': '1' };
    expect(merge(front, OURS)).toEqual([
      ['ETag', '"x"'],
      { 'cache-control': 'private', 'content-type': 'text/css', 'x-own': '1' },
    ]);
  });

  test.each([
    'accept-ranges',
    'content-encoding',
    'content-length',
    'content-range',
    'etag',
    'last-modified',
    'transfer-encoding',
  ])('that describe other bytes are removed: %s', (name) => {
    expect(merge({ [name]: '1' }, [])).toEqual([[], {}]);
  });

  test.each<[string, number, SharedFile | undefined, string[]]>([
    ['a file', 200, file, ['content-type', 'content-language', 'content-location']],
    ['a part of a file', 206, file, ['content-type', 'content-language', 'content-location']],
    ['an error page', 404, file, ['content-type', 'content-language', 'content-location']],
    ['a 304', 304, file, ['content-location']],
    ['a redirect', 308, undefined, []],
    ['an error', 416, undefined, []],
  ])('that may describe the content stay on %s', (_what, status, of, kept) => {
    const front = { 'content-type': 'text/css', 'content-language': 'de', 'content-location': '/de' };
    expect(Object.keys(merge(front, [], { status, file: of })[1])).toEqual(kept);
  });

  test('do not apply to an error if it has its own', () => {
    const error = { status: 416, file: undefined };
    const front = { 'cache-control': 'max-age=60', 'x-own': '1' };
    expect(merge(front, ['Cache-Control', 'no-store'], error)[0]).toEqual(['Cache-Control', 'no-store']);
    expect(merge(front, ['Cache-Control', 'no-store'], { status: 308, file: undefined })[0]).toEqual([]);
  });
});

test('Expires is omitted if Cache-Control was set in front, and only then', () => {
  const date = 'Thu, 29 Feb 2024 12:00:00 GMT';
  expect(merge({ 'cache-control': 'no-store' }, ['Expires', date])[0]).toEqual([]);
  expect(merge({ 'x-own': '1' }, ['Expires', date])[0]).toEqual(['Expires', date]);
});

test('the type of several ranges replaces one in front', () => {
  const type = 'multipart/byteranges; boundary=x';
  expect(merge({ 'content-type': 'text/css' }, ['Content-Type', type])[0]).toEqual(['Content-Type', type]);
});

test('cookies of both sides are set', () => {
  const [merged, front] = merge({ 'set-cookie': ['a=1'] }, ['set-cookie', 'b=2', 'Set-Cookie', 'c=3']);
  expect([merged, front]).toEqual([[], { 'set-cookie': ['a=1', 'b=2', 'c=3'] }]);
});

test('Vary is merged, also in lower case', () => {
  expect(merge({ vary: 'Origin' }, ['vary', 'Accept-Encoding'])[0]).toEqual([
    'vary',
    'Origin, Accept-Encoding',
  ]);
});

test.each([
  [undefined, 'Accept-Encoding', 'Accept-Encoding'],
  ['', 'Accept-Encoding', 'Accept-Encoding'],
  ['Origin', 'Accept-Encoding', 'Origin, Accept-Encoding'],
  ['accept-encoding', 'Accept-Encoding', 'accept-encoding'],
  ['Origin , ,Cookie', 'Accept-Encoding, cookie', 'Origin, Cookie, Accept-Encoding'],
  ['Origin, *', 'Accept-Encoding', 'Origin, *'],
  [['Origin', 'Cookie'], 'Accept-Encoding', 'Origin, Cookie, Accept-Encoding'],
])('Vary: %j and %j become %s', (before, ours, expected) => {
  expect(mergeVary(before, ours)).toBe(expected);
});
