import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { differenceOf } from '../../../support/bytes';
import { eventually } from '../../../support/process';
import type { ClientResponse, RequestOptions } from './client';
import { LARGE, OLD_MTIME } from './exports';

/** Sends a request to the server under test. */
export type Get = (path: string, options?: RequestOptions) => Promise<ClientResponse>;

/**
 * The guarantees for the files of {@link FILES}, exported as `/s` with an index and `precompressed`.
 *
 * @param hasLength false if the server omits the Content-Length of a stream
 */
export function testFiles(get: Get, { hasLength = true } = {}): void {
  const lengthOf = (body: Buffer): string | undefined => (hasLength ? String(body.length) : undefined);

  test('responds 200 with the whole file', async () => {
    const { status, headers, body } = await get('/s/a.txt?query');
    expect([status, body.toString()]).toEqual([200, 'content']);
    expect(headers).toMatchObject({
      'content-length': '7',
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'max-age=43200, public',
      'accept-ranges': 'bytes',
      'last-modified': OLD_MTIME.toUTCString(),
      vary: 'Accept-Encoding',
    });
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    expect(headers['x-app']).toBeUndefined();
  });

  test('responds 304 to If-None-Match with the current ETag', async () => {
    const { headers } = await get('/s/a.txt');
    const again = await get('/s/a.txt', { headers: { 'If-None-Match': headers.etag ?? '' } });
    expect([again.status, again.body.length, again.headers.etag]).toEqual([304, 0, headers.etag]);
    expect(again.headers['content-type']).toBeUndefined();
  });

  test.each([
    ['a small range', '/s/a.txt', 'bytes=2-4', 'content'.slice(2, 5)],
    ['a small range of a large file', '/s/large.bin', 'bytes=12-22', 'shared data'],
  ])('responds 206 with %s', async (_what, path, Range, text) => {
    const { status, body, headers } = await get(path, { headers: { Range } });
    expect([status, body.toString(), headers['content-length']]).toEqual([206, text, String(text.length)]);
  });

  test('responds 206 with a large range', async () => {
    const { status, body } = await get('/s/large.bin', { headers: { Range: 'bytes=1000001-15000000' } });
    expect([status, differenceOf(body, LARGE.subarray(1_000_001, 15_000_001))]).toEqual([206, null]);
  });

  test('responds 206 with several ranges in a multipart body', async () => {
    const { status, body, headers } = await get('/s/large.bin', { headers: { Range: 'bytes=0-1,12-13' } });
    expect([status, headers['content-length']]).toEqual([206, lengthOf(body)]);
    expect(headers['content-type']).toMatch(/^multipart\/byteranges/);
  });

  test('responds 416 to a range beyond the end', async () => {
    const { status, headers } = await get('/s/a.txt', { headers: { Range: 'bytes=99-' } });
    expect([status, headers['content-range']]).toEqual([416, 'bytes */7']);
  });

  test.each(['/s/a.txt', '/s/large.bin', '/s/empty.txt', '/s/docs'])(
    'responds to HEAD %s as to GET, without content',
    async (path) => {
      const [head, whole] = [await get(path, { method: 'HEAD' }), await get(path)];
      const fields: Partial<typeof whole.headers> = { ...whole.headers };
      for (const name of ['date', 'expires', 'connection', 'keep-alive', 'transfer-encoding'])
        Reflect.deleteProperty(fields, name);
      expect(head.status).toBe(whole.status);
      expect(head.headers).toMatchObject(fields);
      expect(head.body.length).toBe(0);
    },
  );

  test('sends a large file byte for byte', async () => {
    const { body, headers, isComplete } = await get('/s/large.bin');
    expect(differenceOf(body, LARGE)).toBeNull();
    expect([isComplete, headers['content-length']]).toEqual([true, lengthOf(LARGE)]);
  });

  test('responds 200 with Content-Length: 0 for an empty file', async () => {
    const { status, headers, body } = await get('/s/empty.txt');
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
  });

  test('sends a stored encoding to a client that accepts it', async () => {
    const { headers, body } = await get('/s/a.js', { headers: { 'Accept-Encoding': 'gzip' } });
    expect([headers['content-encoding'], body.toString()]).toEqual(['gzip', 'gz']);
  });

  test('redirects a directory to its trailing slash and serves its index', async () => {
    const { status, headers } = await get('/s/docs');
    expect([status, headers.location]).toEqual([308, './docs/']);
    expect((await get('/s/docs/')).body.toString()).toBe('docs');
  });
}

/** A file that is much smaller when it is compressed. */
export const CODE = Buffer.from('export const message = "shared data";\n'.repeat(5000));

const decoders = { br: brotliDecompressSync, gzip: gunzipSync };

/** The guarantee for {@link CODE} at a path, with the option `compress`. */
export function testCompression(get: Get, path: string): void {
  test.each(['br', 'gzip'] as const)('compresses a file for a client that accepts %s', async (coding) => {
    const headers = { 'Accept-Encoding': coding };
    await eventually(async () => {
      const answer = await get(path, { headers });
      expect(answer.headers['content-encoding']).toBe(coding);
      expect(decoders[coding](answer.body).equals(CODE)).toBe(true);
      expect(answer.headers.vary).toBe('Accept-Encoding');
    });
    expect((await get(path)).body.equals(CODE)).toBe(true);
  });
}

/** The guarantees for requests that no file responds to, and for the failing loaders of {@link testExports}. */
export function testApplication(get: Get, folder: string): void {
  test.each(['/s/missing', '/', '/s', '/s/', '/elsewhere/a.txt'])(
    'leaves %s to the application',
    async (path) => {
      const { status, headers, body } = await get(path);
      expect([status, headers['x-app'], body.toString()]).toEqual([404, '1', 'APP\n']);
    },
  );

  test('leaves POST to the application', async () => {
    expect((await get('/s/a.txt', { method: 'POST' })).status).toBe(404);
  });

  test.each([
    ['/refused/a', 418],
    ['/broken/a', 500],
    ['/exhausted/a', 503],
  ])('converts the error of %s to a %d without paths', async (path, expected) => {
    const { status, body } = await get(path);
    expect(status).toBe(expected);
    expect(body.toString()).not.toContain(folder);
  });

  test('sends a file whose stored encoding may not be read', async () => {
    const answer = await get('/unreadable-encoding/a', { headers: { 'Accept-Encoding': 'gzip' } });
    expect([answer.status, answer.body.toString()]).toEqual([200, 'content']);
  });

  test('never sends a stream that fails at once as a complete response, or its path', async () => {
    const answer = await get('/fails-at-once/a').catch(() => undefined);
    expect(answer?.isComplete === true && answer.status === 200).toBe(false);
    expect(answer?.body.toString() ?? '').not.toContain('private-name');
    expect(answer?.status === 500 ? answer.headers.etag : undefined).toBeUndefined();
  });

  test('responds 500 if null is thrown', async () => {
    expect((await get('/null/a')).status).toBe(500);
  });

  test('closes the connection early if a stream fails during the response', async () => {
    // Bun closes the connection before it has sent the header.
    const response = await get('/fails/a').catch(() => undefined);
    expect([response?.status ?? 200, response?.isComplete ?? false]).toEqual([200, false]);
    expect(response?.body.length ?? 0).toBeLessThan(1_000_000);
  });
}
