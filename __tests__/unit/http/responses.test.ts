import { isGetOrHead, methodNotAllowed } from '../../../src/http/methods';
import { multipartByteRanges } from '../../../src/http/multipart';
import { plainResponse, textResponse } from '../../../src/http/plain-response';
import { withStatusInFront } from '../../../src/http/status-in-front';

test.each([
  ['GET', true],
  ['HEAD', true],
  ['POST', false],
  ['get', false],
  [undefined, false],
])('%s only reads: %s', (method, expected) => {
  expect(isGetOrHead({ method, headers: {} })).toBe(expected);
});

const PLAIN = ['Content-Type', 'text/plain; charset=utf-8'];
const NOT_KEPT = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'];

test('a plain response has the name of its status as text, and is not kept by caches', () => {
  const { status, headers, body } = plainResponse(416, 'Content-Range', 'bytes */5');
  expect([status, Buffer.from(body).toString()]).toEqual([416, 'Range Not Satisfiable\n']);
  expect(headers).toEqual([...PLAIN, 'Content-Length', '22', ...NOT_KEPT, 'Content-Range', 'bytes */5']);
  expect(Buffer.from(plainResponse(499).body).toString()).toBe('Error\n');
});

test('the length of a text response is that of its bytes', () => {
  expect(textResponse(403, 'ä').headers).toEqual([...PLAIN, 'Content-Length', '2', ...NOT_KEPT]);
});

test('405 names the methods that are allowed', () => {
  const { status, headers } = methodNotAllowed();
  expect([status, headers.slice(-2)]).toEqual([405, ['Allow', 'GET, HEAD']]);
});

describe('a status in front', () => {
  const request = { method: 'GET', url: '/a', headers: { range: 'bytes=0-1' } };

  test.each([201, 203, 400, 404, 503])('%d is that of the response', (status) => {
    const derived = withStatusInFront(request, status);
    expect([derived.responseStatus, derived.url]).toEqual([status, '/a']);
  });

  test.each([0, 100, 200, 204, 205, 206, 304, NaN])('%d is ignored', (status) => {
    expect(withStatusInFront(request, status)).toBe(request);
  });
});

describe('a multipart body', () => {
  const ranges = [
    { start: 0, end: 1 },
    { start: 5, end: 9 },
  ];

  test('has a header before each part, with the type and the range', () => {
    const { contentType, parts, closingDelimiter, length } = multipartByteRanges(ranges, 'text/css', 20);
    const boundary = /^multipart\/byteranges; boundary=([0-9a-f]{48})$/.exec(contentType)?.[1] ?? '';
    expect(parts).toEqual([
      {
        header: `--${boundary}\r\nContent-Type: text/css\r\nContent-Range: bytes 0-1/20\r\n\r\n`,
        range: ranges[0],
      },
      {
        header: `\r\n--${boundary}\r\nContent-Type: text/css\r\nContent-Range: bytes 5-9/20\r\n\r\n`,
        range: ranges[1],
      },
    ]);
    expect(closingDelimiter).toBe(`\r\n--${boundary}--\r\n`);
    const text = parts.map(({ header }) => header).join('') + closingDelimiter;
    expect(length).toBe(text.length + 2 + 5);
  });

  test('has no Content-Type in its parts if the file has none', () => {
    expect(multipartByteRanges(ranges, undefined, 20).parts[0]?.header).not.toContain('Content-Type');
  });
});
