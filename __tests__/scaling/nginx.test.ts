import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type FileLookup, type SharedDataOptions, type SharedFile } from '../../src';
import { sha256 } from '../clients/support/content';
import { folderWith, put } from '../support/files';
import { app, rawRequest, type RawAnswer } from '../support/server';
import { startNginx } from './support/nginx';
import { serveOrigin, type Origin } from './support/origin';

const LARGE = randomBytes(5_000_000);
const LONG_AGO = new Date('2024-02-29T12:00:00Z');

/** Names that a header, a target or nginx might read otherwise. */
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

interface HandedOff {
  readonly folder: string;
  readonly origin: Origin;
  /** Asks nginx. */
  readonly ask: (
    path: string,
    headers?: readonly (readonly [string, string])[],
    method?: string,
  ) => Promise<RawAnswer>;
}

class Guarded extends SharedDataMiddleware {
  override isAllowed(_filename: string, { request }: FileLookup): boolean {
    return request.headers['x-key'] === 'right';
  }
}

class Fonts extends SharedDataMiddleware {
  override responseHeaders(headers: Headers, _file: SharedFile): void {
    headers.set('Access-Control-Allow-Origin', '*');
  }
}

/** nginx in front of the middleware with a folder that is handed off, and one that is not. */
async function handedOff(
  options: SharedDataOptions = {},
  Middleware = SharedDataMiddleware,
): Promise<HandedOff> {
  const folder = folderWith({ 'large.bin': LARGE, 'page.html': '<p>page', '.hidden': 'hidden' }, LONG_AGO);
  const elsewhere = folderWith({ 'other.txt': 'sent by the middleware' }, LONG_AGO);
  const shared = new Middleware(
    app,
    { '/files': folder, '/elsewhere': elsewhere },
    { sendfile: { header: 'X-Accel-Redirect', from: folder, to: '/handed-off' }, ...options },
  );
  const origin = await serveOrigin(shared.listener);
  const { port } = await startNginx('nginx-handoff.conf', {
    '127.0.0.1:8000': `127.0.0.1:${origin.port}`,
    '/srv/files': folder,
  });
  return {
    folder,
    origin,
    ask: (path, headers, method = 'GET') => rawRequest(port, method, path, headers),
  };
}

test('the bytes are sent by nginx: the middleware sends none', async () => {
  const { ask, origin } = await handedOff();
  for (let time = 0; time < 4; time++) {
    const { status, headers, body } = await ask('/files/large.bin');
    expect([status, sha256(body)]).toEqual([200, sha256(LARGE)]);
    expect(headers).not.toHaveProperty('x-accel-redirect');
  }
  expect(origin.exchanges()).toHaveLength(4);
  expect(origin.bytesSent()).toBeLessThan(4 * 1000);
});

test('what the middleware answers has no body and no length that is not its own', async () => {
  const { folder, origin } = await handedOff();
  const { status, headers, body } = await rawRequest(origin.port, 'GET', '/files/large.bin');
  expect([status, headers['x-accel-redirect'], body.toString('latin1').replace('0\r\n\r\n', '')]).toEqual([
    200,
    '/handed-off/large.bin',
    '',
  ]);
  expect(headers['content-length'] ?? '0').toBe('0');
  expect(JSON.stringify(headers)).not.toContain(folder);
});

test('media type and lifetime are ours; length, ETag, date and ranges are those of nginx', async () => {
  const { ask } = await handedOff({ cacheControl: 'max-age=60, private' });
  const { status, headers, body } = await ask('/files/page.html');
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

test('a field of responseHeaders that the configuration names reaches the client', async () => {
  const { ask } = await handedOff({}, Fonts);
  expect((await ask('/files/page.html')).headers['access-control-allow-origin']).toBe('*');
});

test('one that nobody has set is not sent', async () => {
  const { ask } = await handedOff();
  const { headers } = await ask('/files/page.html');
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

describe('what is withheld is the 404 of the application', () => {
  test.each(['/files/page.html', '/files/%70age.html', '/files//page.html', '/files/./page.html'])(
    'disallow: %s',
    async (path) => {
      const { ask } = await handedOff({ disallow: '*.html' });
      const { status, headers, body } = await ask(path);
      expect([status, headers['x-app'], body.toString()]).toEqual([404, '1', 'APP\n']);
    },
  );

  test('isAllowed decides at each request', async () => {
    const { ask } = await handedOff({}, Guarded);
    expect((await ask('/files/page.html')).body.toString()).toBe('APP\n');
    expect((await ask('/files/page.html', [['X-Key', 'right']])).body.toString()).toBe('<p>page');
    expect((await ask('/files/page.html', [['X-Key', 'wrong']])).body.toString()).toBe('APP\n');
  });

  test('dotfiles', async () => {
    const { ask } = await handedOff();
    expect((await ask('/files/.hidden')).body.toString()).toBe('APP\n');
  });

  test('what is not there', async () => {
    const { ask } = await handedOff();
    expect((await ask('/files/none.html')).body.toString()).toBe('APP\n');
  });

  test.each(['/handed-off/page.html', '/handed-off/', '/handed-off/../files/.hidden', '/handed-off../a'])(
    'no client reaches %s',
    async (path) => {
      const { ask } = await handedOff();
      expect((await ask(path)).status).toBe(404);
    },
  );
});

test('a range is a part', async () => {
  const { ask } = await handedOff();
  const { status, headers, body } = await ask('/files/large.bin', [['Range', 'bytes=1000000-1999999']]);
  expect([status, headers['content-range'], sha256(body)]).toEqual([
    206,
    'bytes 1000000-1999999/5000000',
    sha256(LARGE.subarray(1_000_000, 2_000_000)),
  ]);
});

test('If-Range compares with the ETag that the client has', async () => {
  const { ask } = await handedOff();
  const { etag = '' } = (await ask('/files/large.bin', [], 'HEAD')).headers;
  const part = [['Range', 'bytes=0-9']] as const;
  expect((await ask('/files/large.bin', [...part, ['If-Range', etag]])).status).toBe(206);
  expect((await ask('/files/large.bin', [...part, ['If-Range', '"other"']])).status).toBe(200);
});

test('HEAD is the head of GET', async () => {
  const { ask } = await handedOff();
  const { status, headers, body } = await ask('/files/large.bin', [], 'HEAD');
  expect([status, headers['content-length'], body.length]).toEqual([200, String(LARGE.length), 0]);
});

test('304 for a client that has the file, and 200 when it has changed', async () => {
  const { ask, folder } = await handedOff();
  const { headers } = await ask('/files/page.html');
  const { etag = '', 'last-modified': date = '' } = headers;
  for (const field of [
    ['If-None-Match', etag],
    ['If-Modified-Since', date],
  ] as const) {
    const { status, body } = await ask('/files/page.html', [field]);
    expect([status, body.length]).toEqual([304, 0]);
  }
  put(join(folder, 'page.html'), '<p>changed');
  const changed = await ask('/files/page.html', [['If-None-Match', etag]]);
  expect([changed.status, changed.body.toString()]).toEqual([200, '<p>changed']);
});

test.each(NAMES)('%j arrives right', async (name) => {
  const { ask, folder, origin } = await handedOff({ dotfiles: 'allow' });
  put(join(folder, name), `content of ${name}`);
  const target = `/files/${name.split('/').map(encodeURIComponent).join('/')}`;
  const { status, headers, body } = await ask(target);
  expect([status, body.toString()]).toEqual([200, `content of ${name}`]);
  expect(headers).not.toHaveProperty('x-injected');
  expect((await rawRequest(origin.port, 'GET', target)).headers).not.toHaveProperty('x-injected');
});

test('a file outside of the folder is sent by the middleware as ever', async () => {
  const { ask, origin } = await handedOff();
  const { status, body } = await ask('/elsewhere/other.txt');
  expect([status, body.toString()]).toEqual([200, 'sent by the middleware']);
  const { headers } = await rawRequest(origin.port, 'GET', '/elsewhere/other.txt');
  expect(headers['etag']).toBeDefined();
  expect(headers).not.toHaveProperty('x-accel-redirect');
});

test('beside precompressed, a file that is handed off is sent as it is', async () => {
  const { ask, folder } = await handedOff({ precompressed: true });
  put(join(folder, 'page.html.gz'), 'not the page');
  const { headers, body } = await ask('/files/page.html', [['Accept-Encoding', 'gzip']]);
  expect([headers['content-encoding'], body.toString()]).toEqual([undefined, '<p>page']);
});

test('a file that vanishes after it was handed off is a 404, and not an empty file', async () => {
  let remove = (): void => undefined;
  class Vanishing extends SharedDataMiddleware {
    override responseHeaders(): void {
      remove();
    }
  }
  const { ask, folder, origin } = await handedOff({}, Vanishing);
  remove = () => {
    rmSync(join(folder, 'page.html'));
  };
  expect((await ask('/files/page.html')).status).toBe(404);
  expect(origin.exchanges().map(({ status }) => status)).toEqual([200]);
});

test('X-Sendfile names the file by its path, escaped as Apache and lighttpd read it', async () => {
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
