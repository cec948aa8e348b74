import { statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type SharedDataOptions } from '../../src/index';
import { folderWith, put } from '../support/files';
import { app, rawRequest, serve, type RawAnswer, expectLifetime } from '../support/server';

const mtime = new Date('2024-02-29T12:00:00.900Z');
const folder = folderWith({ 'a.txt': 'abc', 'empty.txt': '', 'big.txt': 'b'.repeat(700_000) }, mtime);

async function request(
  target: string,
  options: SharedDataOptions = {},
  method = 'GET',
  headers: [string, string][] = [],
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }, options).listener);
  return rawRequest(port, method, target, headers);
}

describe.each<[string, SharedDataOptions]>([
  ['in memory', {}],
  ['on disk', { memoryLimit: 0 }],
])('a file %s', (_where, options) => {
  test.each([
    ['/s/a.txt', 3],
    ['/s/empty.txt', 0],
    ['/s/big.txt', 700_000],
  ])('at %s responds 200 with the whole content, Last-Modified and Expires', async (target, length) => {
    const { status, headers, body } = await request(target, options);
    expect([status, body.length, headers['content-length']]).toEqual([200, length, String(length)]);
    expect(headers['last-modified']).toBe('Thu, 29 Feb 2024 12:00:00 GMT');
    expectLifetime({ headers }, 43_200);
  });

  test('has the same headers for HEAD as for GET', async () => {
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
    const [get, head] = [
      await rawRequest(port, 'GET', '/s/big.txt'),
      await rawRequest(port, 'HEAD', '/s/big.txt'),
    ];
    const { date, expires } = head.headers; // These two can differ by a second.
    expect(head).toEqual({ ...get, headers: { ...get.headers, date, expires }, body: Buffer.alloc(0) });
  });

  test('responds 304 to a current If-Modified-Since, with only the headers that a 304 repeats', async () => {
    const { headers } = await request('/s/empty.txt', options);
    const since: [string, string] = ['If-Modified-Since', headers['last-modified'] ?? ''];
    const again = await request('/s/empty.txt', options, 'GET', [since]);
    expect(again.status).toBe(304);
    expect(again.headers).toMatchObject({ 'cache-control': 'max-age=43200, public' });
    expect(Object.keys(again.headers)).toEqual(expect.arrayContaining(['etag', 'expires', 'date']));
    expect(Object.keys(again.headers)).not.toEqual(expect.arrayContaining(['content-type']));
    expect(again.headers).not.toHaveProperty('content-length');
  });
});

test('a changed file is served at the next request, even if its size and mtime are unchanged', async () => {
  const changing = join(folderWith(), 'c.txt');
  const { port } = await serve(new SharedDataMiddleware(app, { '/c': changing }).listener);
  for (const content of ['one', 'two', 'six', 'ten']) {
    writeFileSync(changing, content);
    utimesSync(changing, mtime, mtime);
    const { body, headers } = await rawRequest(port, 'GET', '/c');
    expect(body.toString()).toBe(content);
    const same: [string, string] = ['If-None-Match', headers['etag'] ?? ''];
    expect((await rawRequest(port, 'GET', '/c', [same])).status).toBe(304);
  }
});

test('truncating a file while it is sent closes the connection', async () => {
  const shrinking = join(folderWith(), 's.bin');
  put(shrinking, Buffer.alloc(30_000_000, 1));
  const { port, server } = await serve(new SharedDataMiddleware(app, { '/s': shrinking }).listener);
  server.once('request', (_req, res) => {
    res.once('drain', () => {
      truncateSync(shrinking, 1_000_000);
    });
  });
  const { headers, body } = await rawRequest(port, 'GET', '/s');
  expect(headers['content-length']).toBe('30000000');
  expect(body.length).toBeLessThan(30_000_000);
  expect(statSync(shrinking).size).toBe(1_000_000);
});

describe('headers that were set before the middleware', () => {
  async function getWithHeaders(
    set: Record<string, string>,
    headers: [string, string][] = [],
  ): Promise<RawAnswer> {
    const shared = new SharedDataMiddleware(app, { '/s': folder });
    const { port } = await serve((req, res) => {
      for (const [name, value] of Object.entries(set)) res.setHeader(name, value);
      shared.listener(req, res);
    });
    return rawRequest(port, 'GET', '/s/a.txt', headers);
  }

  test('are kept', async () => {
    const { headers } = await getWithHeaders({ 'X-Frame-Options': 'DENY', 'cache-control': 'no-cache' });
    expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'cache-control': 'no-cache' });
    expect(headers).not.toHaveProperty('expires');
    expect((await getWithHeaders({ Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' })).headers['expires']).toContain(
      '1970',
    );
  });

  test('are replaced if they describe another content', async () => {
    const set = {
      'Content-Length': '77',
      ETag: '"x"',
      'Content-Encoding': 'gzip',
    };
    const { headers, body } = await getWithHeaders(set);
    expect(headers['content-length']).toBe('3');
    expect(headers['etag']).not.toBe('"x"');
    expect(headers).not.toHaveProperty('content-encoding');
    expect(body.toString()).toBe('abc');
    const since: [string, string] = ['If-Modified-Since', headers['last-modified'] ?? ''];
    expect((await getWithHeaders(set, [since])).headers).not.toHaveProperty('content-type');
  });
});

describe('dotfiles', () => {
  const hidden = folderWith({
    '.env': 'secret',
    '.well-known/x': 'known',
    'a/.git/config': 'secret',
    '.d/index': 'x',
  });

  test.each<[SharedDataOptions['dotfiles'], string, number]>([
    [undefined, '/s/.env', 404],
    ['ignore', '/s/a/.git/config', 404],
    ['ignore', '/s/.well-known/x', 200],
    ['allow', '/s/.env', 200],
    ['allow', '/s/a/.git/config', 200],
    ['deny', '/s/.env', 403],
    ['deny', '/s/.missing', 403],
    ['deny', '/s/.well-known/x', 200],
    ['deny', '/other/.env', 404],
    ['ignore', '/d/index', 200],
  ])('%s: %s responds %d', async (dotfiles, target, status) => {
    const exports = { '/s': hidden, '/d': join(hidden, '.d') };
    const { port } = await serve(new SharedDataMiddleware(app, exports, { dotfiles }).listener);
    expect((await rawRequest(port, 'GET', target)).status).toBe(status);
  });

  test.each(['ignore', 'deny', 'allow'] as const)(
    '%s: a path below an exported file names no file, so it is no dotfile',
    async (dotfiles) => {
      const exports = { '/users': join(hidden, '.d/index'), '/': hidden };
      const { port } = await serve(new SharedDataMiddleware(app, exports, { dotfiles }).listener);
      expect((await rawRequest(port, 'GET', '/users/.me')).body.toString()).toBe('x');
      expect((await rawRequest(port, 'GET', '/users/a/.b/c')).body.toString()).toBe('x');
    },
  );

  test('deny: an export that is searched before the one with the dotfile may respond', async () => {
    const exports = { '/.env': join(hidden, '.d/index'), '/': hidden };
    const { port } = await serve(new SharedDataMiddleware(app, exports, { dotfiles: 'deny' }).listener);
    expect((await rawRequest(port, 'GET', '/.env')).body.toString()).toBe('x');
    expect((await rawRequest(port, 'GET', '/.env/x')).body.toString()).toBe('x');
    expect((await rawRequest(port, 'GET', '/.other')).status).toBe(403);
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
  '%s is passed to the application',
  async (method) => {
    expect((await request('/s/a.txt', {}, method)).headers['x-app']).toBe('1');
  },
);

test('without an application, a request without a matching export responds 404', async () => {
  const { port } = await serve(new SharedDataMiddleware(null, {}).listener);
  const { status, body } = await rawRequest(port, 'POST', '/s/a.txt');
  expect([status, body.toString()]).toEqual([404, 'Not Found\n']);
});
