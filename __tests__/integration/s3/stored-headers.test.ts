import { gunzipSync, gzipSync } from 'node:zlib';
import { SharedDataMiddleware, type FileLookup, type SharedDataOptions } from '../../../src/index';
import { app, rawRequest, serve, type RawAnswer, expectLifetime } from '../../support/server';
import { FakeObjectStore } from '../../support/store';

const TEXT = 'Hello, world\n'.repeat(100);
const ZIPPED = gzipSync(TEXT);

async function get(
  fields: Record<string, string>,
  {
    options = {},
    Class = SharedDataMiddleware,
    key = 'app.js',
    headers = [],
  }: {
    options?: SharedDataOptions;
    Class?: typeof SharedDataMiddleware;
    key?: string;
    headers?: [string, string][];
  } = {},
): Promise<RawAnswer> {
  const store = await FakeObjectStore.start({ [key]: ZIPPED });
  store.fields.set(key, fields);
  const { port } = await serve(new Class(app, { '/s': store.loader() }, options).listener);
  return rawRequest(port, 'GET', `/s/${key}`, headers);
}

test('the header fields that were uploaded with an object reach the client', async () => {
  const fields = {
    'Cache-Control': 'public, max-age=60',
    'Content-Disposition': 'attachment; filename="app.js"',
    'Content-Encoding': 'gzip',
    'Content-Type': 'text/x-script; charset=latin1',
  };
  const { headers, body } = await get(fields);
  for (const [name, value] of Object.entries(fields))
    expect([name, headers[name.toLowerCase()]]).toEqual([name, value]);
  expectLifetime({ headers }, 60);
  expect(headers['content-length']).toBe(String(ZIPPED.length));
  expect(headers).not.toHaveProperty('vary');
  expect(gunzipSync(body).toString()).toBe(TEXT);
});

test('without such fields, the name and the options decide', async () => {
  const { headers } = await get({ 'Content-Disposition': '', 'Content-Encoding': '' });
  expect(headers).toMatchObject({
    'cache-control': 'max-age=43200, public',
    'content-type': 'text/javascript; charset=utf-8',
  });
  expect(headers).not.toHaveProperty('content-encoding');
  expect(headers).not.toHaveProperty('content-disposition');
});

describe('Content-Type of an object', () => {
  test.each([
    ['text/html', 'text/html; charset=utf-8'],
    ['image/png', 'image/png'],
    ['application/octet-stream', 'text/javascript; charset=utf-8'],
    ['binary/octet-stream', 'text/javascript; charset=utf-8'],
  ])('%s is sent as %s', async (stored, sent) => {
    expect((await get({ 'Content-Type': stored })).headers['content-type']).toBe(sent);
  });
});

describe('Content-Encoding of an object', () => {
  test.each([
    ['aws-chunked', undefined],
    ['aws-chunked,gzip', 'gzip'],
    ['gzip, aws-chunked', 'gzip'],
    ['identity', undefined],
    ['br', 'br'],
  ])('%s is sent as %s', async (stored, sent) => {
    expect((await get({ 'Content-Encoding': stored })).headers['content-encoding']).toBe(sent);
  });

  test('is sent with ranges, which select encoded bytes', async () => {
    const stored = { 'Content-Encoding': 'gzip' };
    const { status, headers, body } = await get(stored, { headers: [['Range', 'bytes=2-9']] });
    expect([status, headers['content-encoding']]).toEqual([206, 'gzip']);
    expect(headers['content-range']).toBe(`bytes 2-9/${ZIPPED.length}`);
    expect(body).toEqual(ZIPPED.subarray(2, 10));
  });

  test('is not sent with a 304, unlike Cache-Control', async () => {
    const stored = {
      'Content-Encoding': 'gzip',
      'Cache-Control': 'no-cache',
    };
    const { status, headers } = await get(stored, { headers: [['If-None-Match', '*']] });
    expect([status, headers['cache-control']]).toEqual([304, 'no-cache']);
    expect(headers).not.toHaveProperty('content-encoding');
  });
});

describe('Cache-Control of an object', () => {
  const stored = { 'Cache-Control': 'public, max-age=60, s-maxage="9", no-transform' };

  test('is replaced by the options cacheControl and immutable', async () => {
    const byOption = await get(stored, { options: { cacheControl: 'no-cache' } });
    expect(byOption.headers['cache-control']).toBe('no-cache');
    const immutable = await get(stored, { options: { immutable: /js$/ } });
    expect(immutable.headers['cache-control']).toBe('max-age=31536000, public, immutable');
  });

  test('is private if an overridden isAllowed reads the request', async () => {
    class ByRequest extends SharedDataMiddleware {
      override isAllowed(_filename: string, { request }: FileLookup): boolean {
        return request.headers['x-user'] === undefined;
      }
    }
    const { headers } = await get(stored, { Class: ByRequest });
    expect(headers['cache-control']).toBe('private, max-age=60, no-transform');
  });
});

test('setHeaders overrides the fields of an object, except Content-Encoding', async () => {
  class Own extends SharedDataMiddleware {
    override setHeaders(headers: Headers): void {
      headers.delete('Content-Disposition');
      headers.set('Content-Type', 'text/plain');
      headers.set('Cache-Control', 'no-store');
      headers.delete('Content-Encoding');
    }
  }
  const stored = {
    'Cache-Control': 'max-age=60',
    'Content-Disposition': 'attachment',
    'Content-Encoding': 'gzip',
    'Content-Type': 'text/html',
  };
  const { headers } = await get(stored, { Class: Own });
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-encoding': 'gzip',
    'content-type': 'text/plain',
  });
  expect(headers).not.toHaveProperty('content-disposition');
});
