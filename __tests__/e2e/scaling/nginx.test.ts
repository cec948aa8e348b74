import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  SharedDataMiddleware,
  type FileLookup,
  type SharedDataOptions,
  type SharedFile,
} from '../../../src/index';
import { sha256 } from '../clients/support/content';
import { folderWith, put } from '../../support/files';
import { app, rawRequest, type RawAnswer } from '../../support/server';
import { startNginx } from './support/nginx';
import { serveOrigin, type Origin } from './support/origin';

const LARGE = randomBytes(5_000_000);
const LONG_AGO = new Date('2024-02-29T12:00:00Z');

/** Names with characters that are special in a header, a target or nginx. */
const NAMES = [
  'a b.txt',
  '100%.txt',
  '%41.txt',
  '%2e%2e%2fsecret.txt',
  'a+b.txt',
  'a#b.txt',
  'a?b.txt',
  '"quoted" and \'quoted\'.txt',
  'äöü ß 日本 😀.txt',
  'line\r\nX-Injected: 1\r\n\r\nbreak.txt',
  'semi;colon,comma&and=is.txt',
  '...txt',
  'folder ü/..a/a b?.txt',
];

interface Delegation {
  readonly folder: string;
  readonly origin: Origin;
  /** Sends a request to nginx. */
  readonly send: (
    path: string,
    headers?: readonly (readonly [string, string])[],
    method?: string,
  ) => Promise<RawAnswer>;
}

class KeyRequired extends SharedDataMiddleware {
  override isAllowed(_filename: string, { request }: FileLookup): boolean {
    return request.headers['x-key'] === 'right';
  }
}

class CorsHeaders extends SharedDataMiddleware {
  override setHeaders(headers: Headers, _file: SharedFile): void {
    headers.set('Access-Control-Allow-Origin', '*');
  }
}

/** Starts nginx in front of the middleware, with one delegated directory and one other. */
async function startDelegation(
  options: SharedDataOptions = {},
  Middleware = SharedDataMiddleware,
): Promise<Delegation> {
  const folder = folderWith({ 'large.bin': LARGE, 'page.html': '<p>page', '.hidden': 'hidden' }, LONG_AGO);
  const elsewhere = folderWith({ 'other.txt': 'sent by the middleware' }, LONG_AGO);
  const shared = new Middleware(
    app,
    { '/files': folder, '/elsewhere': elsewhere },
    { sendfile: { header: 'X-Accel-Redirect', from: folder, to: '/delegated' }, ...options },
  );
  const origin = await serveOrigin(shared.listener);
  const { port } = await startNginx('nginx-delegation.conf', {
    '127.0.0.1:8000': `127.0.0.1:${origin.port}`,
    '/srv/files': folder,
  });
  return {
    folder,
    origin,
    send: (path, headers, method = 'GET') => rawRequest(port, method, path, headers),
  };
}

test('nginx sends the bytes of a delegated file, and the middleware sends none', async () => {
  const { send, origin } = await startDelegation();
  for (let time = 0; time < 4; time++) {
    const { status, headers, body } = await send('/files/large.bin');
    expect([status, sha256(body)]).toEqual([200, sha256(LARGE)]);
    expect(headers).not.toHaveProperty('x-accel-redirect');
  }
  expect(origin.exchanges()).toHaveLength(4);
  expect(origin.bytesSent()).toBeLessThan(4 * 1000);
});

test('the response of the middleware has no body and no Content-Length of the file', async () => {
  const { folder, origin } = await startDelegation();
  const { status, headers, body } = await rawRequest(origin.port, 'GET', '/files/large.bin');
  expect([status, headers['x-accel-redirect'], body.toString('latin1').replace('0\r\n\r\n', '')]).toEqual([
    200,
    '/delegated/large.bin',
    '',
  ]);
  expect(headers['content-length'] ?? '0').toBe('0');
  expect(JSON.stringify(headers)).not.toContain(folder);
});

test('Content-Type and Cache-Control come from the middleware, ETag and ranges from nginx', async () => {
  const { send } = await startDelegation({ cacheControl: 'max-age=60, private' });
  const { status, headers, body } = await send('/files/page.html');
  expect([status, body.toString()]).toEqual([200, '<p>page']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'max-age=60, private',
    'content-length': '7',
    'accept-ranges': 'bytes',
    'last-modified': LONG_AGO.toUTCString(),
  });
  expect(headers['etag']).toMatch(/^"[^"]+"$/);
  expect(headers['expires']).toBeDefined();
});

test('a header of setHeaders that the configuration names reaches the client', async () => {
  const { send } = await startDelegation({}, CorsHeaders);
  expect((await send('/files/page.html')).headers['access-control-allow-origin']).toBe('*');
});

test('a header that the configuration names is not sent unless it is set', async () => {
  const { send } = await startDelegation();
  const { headers } = await send('/files/page.html');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

describe('a file that may not be served gets the 404 of the application', () => {
  test.each(['/files/page.html', '/files/%70age.html', '/files//page.html', '/files/./page.html'])(
    'with disallow: %s',
    async (path) => {
      const { send } = await startDelegation({ disallow: '*.html' });
      const { status, headers, body } = await send(path);
      expect([status, headers['x-app'], body.toString()]).toEqual([404, '1', 'APP\n']);
    },
  );

  test('with isAllowed, which decides for each request', async () => {
    const { send } = await startDelegation({}, KeyRequired);
    expect((await send('/files/page.html')).body.toString()).toBe('APP\n');
    expect((await send('/files/page.html', [['X-Key', 'right']])).body.toString()).toBe('<p>page');
    expect((await send('/files/page.html', [['X-Key', 'wrong']])).body.toString()).toBe('APP\n');
  });

  test('if it is a dotfile', async () => {
    const { send } = await startDelegation();
    expect((await send('/files/.hidden')).body.toString()).toBe('APP\n');
  });

  test('if it does not exist', async () => {
    const { send } = await startDelegation();
    expect((await send('/files/none.html')).body.toString()).toBe('APP\n');
  });

  test.each(['/delegated/page.html', '/delegated/', '/delegated/../files/.hidden', '/delegated../a'])(
    'if a client requests an internal location: %s',
    async (path) => {
      const { send } = await startDelegation();
      expect((await send(path)).status).toBe(404);
    },
  );
});

test('a range request gets a 206', async () => {
  const { send } = await startDelegation();
  const { status, headers, body } = await send('/files/large.bin', [['Range', 'bytes=1000000-1999999']]);
  expect([status, headers['content-range'], sha256(body)]).toEqual([
    206,
    'bytes 1000000-1999999/5000000',
    sha256(LARGE.subarray(1_000_000, 2_000_000)),
  ]);
});

test('If-Range with the current ETag responds 206, with another ETag 200', async () => {
  const { send } = await startDelegation();
  const { etag = '' } = (await send('/files/large.bin', [], 'HEAD')).headers;
  const part = [['Range', 'bytes=0-9']] as const;
  expect((await send('/files/large.bin', [...part, ['If-Range', etag]])).status).toBe(206);
  expect((await send('/files/large.bin', [...part, ['If-Range', '"other"']])).status).toBe(200);
});

test('HEAD has the headers of GET and no body', async () => {
  const { send } = await startDelegation();
  const { status, headers, body } = await send('/files/large.bin', [], 'HEAD');
  expect([status, headers['content-length'], body.length]).toEqual([200, String(LARGE.length), 0]);
});

test('a conditional request responds 304, and 200 after the file has changed', async () => {
  const { send, folder } = await startDelegation();
  const { headers } = await send('/files/page.html');
  const { etag = '', 'last-modified': date = '' } = headers;
  for (const field of [
    ['If-None-Match', etag],
    ['If-Modified-Since', date],
  ] as const) {
    const { status, body } = await send('/files/page.html', [field]);
    expect([status, body.length]).toEqual([304, 0]);
  }
  put(join(folder, 'page.html'), '<p>changed');
  const changed = await send('/files/page.html', [['If-None-Match', etag]]);
  expect([changed.status, changed.body.toString()]).toEqual([200, '<p>changed']);
});

test.each(NAMES)('the file named %j is served, and its name adds no header', async (name) => {
  const { send, folder, origin } = await startDelegation({ dotfiles: 'allow' });
  put(join(folder, name), `content of ${name}`);
  const target = `/files/${name.split('/').map(encodeURIComponent).join('/')}`;
  const { status, headers, body } = await send(target);
  expect([status, body.toString()]).toEqual([200, `content of ${name}`]);
  expect(headers).not.toHaveProperty('x-injected');
  expect((await rawRequest(origin.port, 'GET', target)).headers).not.toHaveProperty('x-injected');
});

test('the middleware itself sends a file outside the delegated directory', async () => {
  const { send, origin } = await startDelegation();
  const { status, body } = await send('/elsewhere/other.txt');
  expect([status, body.toString()]).toEqual([200, 'sent by the middleware']);
  const { headers } = await rawRequest(origin.port, 'GET', '/elsewhere/other.txt');
  expect(headers['etag']).toBeDefined();
  expect(headers).not.toHaveProperty('x-accel-redirect');
});

test('a delegated file is sent unencoded even with precompressed', async () => {
  const { send, folder } = await startDelegation({ precompressed: true });
  put(join(folder, 'page.html.gz'), 'not the page');
  const { headers, body } = await send('/files/page.html', [['Accept-Encoding', 'gzip']]);
  expect([headers['content-encoding'], body.toString()]).toEqual([undefined, '<p>page']);
});

test('a file that is removed after it was delegated gets a 404, not an empty body', async () => {
  let remove = (): void => undefined;
  class RemovesFile extends SharedDataMiddleware {
    override setHeaders(): void {
      remove();
    }
  }
  const { send, folder, origin } = await startDelegation({}, RemovesFile);
  remove = () => {
    rmSync(join(folder, 'page.html'));
  };
  expect((await send('/files/page.html')).status).toBe(404);
  expect(origin.exchanges().map(({ status }) => status)).toEqual([200]);
});

test('X-Sendfile contains the path of the file, percent-encoded for Apache and lighttpd', async () => {
  const folder = folderWith({ 'a b%.txt': 'content' });
  const shared = new SharedDataMiddleware(
    app,
    { '/files': folder },
    { sendfile: { header: 'X-Sendfile', from: folder, to: folder } },
  );
  const { port } = await serveOrigin(shared.listener);
  const { headers, body } = await rawRequest(port, 'GET', '/files/a%20b%25.txt');
  expect(headers['x-sendfile']).toBe(`${folder}/a%20b%25.txt`);
  expect(body.toString('latin1')).not.toContain('content');
});
