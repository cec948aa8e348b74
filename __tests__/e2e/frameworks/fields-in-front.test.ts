import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith } from '../../support/files';
import { app } from '../../support/server';
import { sendRequest, type ClientResponse, type RequestOptions } from './support/client';
import { frameworks, type FieldsInFront, type ListeningServer } from './support/frameworks';

const folder = folderWith(
  { 'a.js': 'as it is', 'a.js.gz': 'gz', 'site-association': '{}', 'docs/index.html': 'docs' },
  new Date(1.7e12),
);

class WithCookies extends SharedDataMiddleware {
  override setHeaders(headers: Headers): void {
    headers.append('Set-Cookie', 'a=1');
    headers.append('Set-Cookie', 'b=2');
    headers.append('Vary', 'Cookie');
  }
}

const targets = {
  '/s': folder,
  '/refused': () => {
    throw Object.assign(new Error('out of tea'), { status: 418 });
  },
};
const OPTIONS = { index: 'index.html', precompressed: true };

/** Fields of another content, which would lie about ours. */
const STALE = {
  'Content-Encoding': 'gzip',
  'Content-Range': 'bytes 0-1/2',
  ETag: '"stale"',
  'Last-Modified': 'Thu, 29 Feb 2024 12:00:00 GMT',
  'Repr-Digest': 'sha-256=:c3RhbGU=:',
};
const CONTENT_DECISIONS = {
  'Content-Type': 'application/json',
  'Content-Language': 'de',
  'Content-Location': '/s/de',
};

describe.each(Object.entries(frameworks))('header fields set in front in %s', (_name, framework) => {
  let server: ListeningServer | undefined;

  afterEach(async () => {
    if (server !== undefined && 'closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  });

  async function get(
    front: FieldsInFront,
    path: string,
    options: RequestOptions = {},
    Middleware = SharedDataMiddleware,
  ): Promise<ClientResponse> {
    server = await framework.start(new Middleware(app, targets, OPTIONS), front);
    return sendRequest(framework.protocol, (server.address() as AddressInfo).port, path, options);
  }

  test('a private Cache-Control stays, without our Expires', async () => {
    for (const options of [{}, { method: 'HEAD' }]) {
      const { status, headers } = await get({ 'Cache-Control': 'private, no-store' }, '/s/a.js', options);
      expect([status, headers['cache-control']]).toEqual([200, 'private, no-store']);
      expect(headers).not.toHaveProperty('expires');
      await new Promise((resolve) => server?.close(resolve));
    }
  });

  test('an Expires that was set alone stays, without our Cache-Control', async () => {
    const { headers } = await get({ Expires: '0' }, '/s/a.js');
    expect([headers.expires, headers['cache-control']]).toEqual(['0', undefined]);
  });

  test('the names of Vary are merged', async () => {
    const front = { Vary: 'Origin', 'Access-Control-Allow-Origin': 'https://a.example' };
    const { headers } = await get(front, '/s/a.js');
    expect(headers).toMatchObject({
      vary: 'Origin, Accept-Encoding',
      'access-control-allow-origin': 'https://a.example',
    });
  });

  test('fields of another content are replaced', async () => {
    const { headers, body } = await get({ ...STALE, Vary: '*' }, '/s/a.js');
    expect(headers).toMatchObject({
      'last-modified': new Date(1.7e12).toUTCString(),
      'content-length': '8',
      vary: '*',
    });
    expect(headers.etag).not.toBe('"stale"');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(headers).not.toHaveProperty('content-range');
    expect(headers).not.toHaveProperty('repr-digest');
    expect(body.toString()).toBe('as it is');
  });

  test('Content-Type, Content-Language and Content-Location of a file stay', async () => {
    const { status, headers, body } = await get(CONTENT_DECISIONS, '/s/site-association');
    expect([status, body.toString()]).toEqual([200, '{}']);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'content-language': 'de',
      'content-location': '/s/de',
      'content-length': '2',
    });
  });

  test('several ranges are sent with the type of their parts, whatever Content-Type is', async () => {
    const { status, headers } = await get(CONTENT_DECISIONS, '/s/a.js', {
      headers: { Range: 'bytes=0-0,4-4' },
    });
    expect([status, headers['content-type']]).toEqual([
      206,
      expect.stringMatching(/^multipart\/byteranges; boundary=/),
    ]);
  });

  test('of fields about the content, a 304 has Content-Location only', async () => {
    const { status, headers } = await get({ ...CONTENT_DECISIONS, ...STALE }, '/s/a.js', {
      headers: { 'If-Modified-Since': new Date(1.7e12).toUTCString() },
    });
    expect([status, headers['content-location']]).toEqual([304, '/s/de']);
    for (const name of ['content-type', 'content-language', 'content-encoding', 'content-range']) {
      expect(headers).not.toHaveProperty(name);
    }
    expect(headers.etag).not.toBe('"stale"');
  });

  test.each([
    ['a redirect', '/s/docs', {}, 308, 'text/html; charset=utf-8'],
    ['a 416', '/s/a.js', { headers: { Range: 'bytes=99-' } }, 416, 'text/plain; charset=utf-8'],
  ])('%s has its own type and no field about another content', async (_what, path, options, status, type) => {
    const answer = await get({ ...CONTENT_DECISIONS, ...STALE, 'X-Front': 'yes' }, path, options);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, type]);
    expect(answer.headers).toMatchObject({ 'x-front': 'yes' });
    for (const name of ['content-language', 'content-location', 'content-encoding', 'etag']) {
      expect(answer.headers).not.toHaveProperty(name);
    }
  });

  test('a public Cache-Control does not apply to an error', async () => {
    const front = { 'Cache-Control': 'public, max-age=60', Vary: 'Origin' };
    const { status, headers } = await get(front, '/s/a.js', {
      headers: { 'Accept-Encoding': 'identity;q=0' },
    });
    expect([status, headers['cache-control'], headers.vary]).toEqual([
      406,
      'no-store',
      'Origin, Accept-Encoding',
    ]);
  });

  test('fields that setHeaders returns are merged in the same way', async () => {
    const front = { 'Cache-Control': 'no-store', Vary: 'Origin' };
    const { headers } = await get(front, '/s/a.js', {}, WithCookies);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      vary: 'Origin, Accept-Encoding, Cookie',
      'set-cookie': ['a=1', 'b=2'],
    });
    expect(headers).not.toHaveProperty('expires');
  });
});
