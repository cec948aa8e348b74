import type { RawAnswer } from '../../support/server';
import type { PeerCase, PeerResponse } from './cases';
import { withValidators, type Received } from './request';

/** Compares a response with the expected one. `readFile` returns the content of the requested file. */
export function check(
  expected: PeerResponse,
  { response, validators }: Received,
  { method, target }: PeerCase,
  readFile: () => Buffer,
): void {
  const { status, fields = {}, body, whole, range, ranges, to, fromApp } = expected;
  expect(response.status).toBe(fromApp ? 404 : status);
  if (fromApp) expect(response.headers).toHaveProperty('x-app', '1');
  for (const [name, value] of Object.entries(fields)) {
    checkField(name, response.headers[name], value === null ? undefined : withValidators(value, validators));
  }
  if (body !== undefined) expect(response.body.toString()).toBe(body);
  if (whole) checkWhole(response, method, readFile());
  if (range !== undefined) checkRange(response, range, readFile());
  if (ranges !== undefined) checkRanges(response, ranges, readFile());
  if (to !== undefined) checkLocation(response, target, to);
}

function checkField(name: string, actual: string | undefined, expected: string | undefined): void {
  const isPrefix = expected?.endsWith('*') === true;
  const compared = isPrefix ? actual?.slice(0, expected.length - 1) : actual;
  expect([name, compared]).toEqual([name, isPrefix ? expected.slice(0, -1) : expected]);
}

function checkWhole({ headers, body }: RawAnswer, method: string | undefined, content: Buffer): void {
  expect(body).toEqual(method === 'HEAD' ? Buffer.alloc(0) : content);
  expect(headers['content-length']).toBe(String(content.length));
  expect(headers['content-range']).toBeUndefined();
}

function checkRange({ headers, body }: RawAnswer, range: string, content: Buffer): void {
  expect(headers['content-range']).toBe(`bytes ${range}/${content.length}`);
  expect(body).toEqual(slice(content, range));
  expect(headers['content-length']).toBe(String(body.length));
}

function checkRanges(response: RawAnswer, ranges: readonly string[], content: Buffer): void {
  expect(partsOf(response)).toEqual(
    ranges.map((range) => [`bytes ${range}/${content.length}`, slice(content, range).toString('latin1')]),
  );
  expect(response.headers['content-range']).toBeUndefined();
  expect(response.headers['content-length']).toBe(String(response.body.length));
}

/** A Location may be relative: where it leads to is compared. */
function checkLocation({ headers }: RawAnswer, target: string, to: string): void {
  const { pathname, search } = new URL(headers['location'] ?? '', `http://localhost${target}`);
  expect(pathname + search).toBe(to);
}

/** The bytes of a range such as `2-5`. */
function slice(content: Buffer, range: string): Buffer {
  const [start = 0, end = 0] = range.split('-').map(Number);
  return content.subarray(start, end + 1);
}

/** The parts of a multipart body (RFC 9110 §14.6): their Content-Range and their content. */
function partsOf({ headers, body }: RawAnswer): [contentRange: string | undefined, content: string][] {
  const boundary = /^multipart\/byteranges; *boundary="?([^"]+)"?$/.exec(headers['content-type'] ?? '')?.[1];
  const [, ...parts] = body.toString('latin1').split(`--${boundary ?? 'none'}`);
  expect(parts.pop()).toMatch(/^--(?:\r\n)?$/);
  return parts.map((part) => {
    const end = part.indexOf('\r\n\r\n');
    const contentRange = /^content-range: *(.*?)\r?$/im.exec(part.slice(0, end))?.[1];
    return [contentRange, part.slice(end + '\r\n\r\n'.length, -'\r\n'.length)];
  });
}
