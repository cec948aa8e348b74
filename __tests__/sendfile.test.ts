import { join } from 'node:path';
import { SharedDataMiddleware, type Exports, type SharedDataOptions } from '../src';
import { folderWith } from './support/files';
import { app, rawRequest, serve, type RawAnswer } from './support/server';

const folder = folderWith(
  {
    'public/a.txt': 'content',
    'public/a.txt.gz': 'gz',
    'public/ä b%#?.txt': 'content',
    'public/private/key.txt': 'secret',
    'elsewhere/b.txt': 'elsewhere',
  },
  new Date(1.7e12),
);
const from = join(folder, 'public');
const sendfile = { header: 'X-Accel-Redirect', from, to: '/internal' };
const exportsOfAll: Exports = { '/s': from, '/e': join(folder, 'elsewhere') };

async function ask(
  target: string,
  options: SharedDataOptions = {},
  headers: [string, string][] = [],
  Middleware = SharedDataMiddleware,
): Promise<RawAnswer> {
  const { port } = await serve(new Middleware(app, exportsOfAll, { sendfile, ...options }).listener);
  return rawRequest(port, 'GET', target, headers);
}

describe('a file that is handed off to a proxy', () => {
  test('is named in a header field, with its media type and lifetime, and without its bytes', async () => {
    const { status, headers, body } = await ask('/s/a.txt');
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers).toMatchObject({
      'x-accel-redirect': '/internal/a.txt',
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'max-age=43200, public',
    });
    for (const name of ['etag', 'last-modified', 'accept-ranges', 'content-encoding'])
      expect(headers[name]).toBeUndefined();
  });

  test('has its name escaped', async () => {
    const { headers } = await ask('/s/%C3%A4%20b%25%23%3F.txt');
    expect(headers['x-accel-redirect']).toBe('/internal/%C3%A4%20b%25%23%3F.txt');
  });

  test('is named otherwise for other proxies', async () => {
    const { headers } = await ask('/s/a.txt', {
      sendfile: { header: 'X-Sendfile', from, to: '/srv/files/' },
    });
    expect(headers['x-sendfile']).toBe('/srv/files/a.txt');
  });

  test.each<[string, [string, string]]>([
    ['a condition', ['If-Modified-Since', new Date().toUTCString()]],
    ['another condition', ['If-Match', '"of the proxy"']],
    ['a range', ['Range', 'bytes=0-1']],
    ['codings', ['Accept-Encoding', 'gzip']],
  ])('leaves %s to the proxy', async (_what, field) => {
    const { status, headers } = await ask('/s/a.txt', { precompressed: true }, [field]);
    expect([status, headers['x-accel-redirect']]).toEqual([200, '/internal/a.txt']);
  });

  test('is judged before', async () => {
    const disallowed = await ask('/s/private/key.txt', { disallow: 'private/' });
    expect([disallowed.status, disallowed.headers['x-accel-redirect']]).toEqual([404, undefined]);
    expect((await ask('/s/missing.txt')).headers['x-app']).toBe('1');
  });

  test('that has gone since it was found is left to the application', async () => {
    class Gone extends SharedDataMiddleware {
      override opener(filename: string) {
        return super.opener(`${filename}.gone`);
      }
    }
    expect((await ask('/s/a.txt', {}, [], Gone)).headers['x-app']).toBe('1');
  });

  test('may have header fields of a subclass', async () => {
    class Marked extends SharedDataMiddleware {
      override responseHeaders(headers: Headers): void {
        headers.set('X-Mine', 'yes');
      }
    }
    const { headers } = await ask('/s/a.txt', {}, [], Marked);
    expect([headers['x-mine'], headers['x-accel-redirect']]).toEqual(['yes', '/internal/a.txt']);
  });
});

test('a file outside of the folder is sent as ever', async () => {
  const { headers, body } = await ask('/e/b.txt');
  expect([headers['x-accel-redirect'], body.toString()]).toEqual([undefined, 'elsewhere']);
});

test.each([
  [null],
  ['X-Accel-Redirect'],
  [{ header: 'X-Accel-Redirect', from }],
  [{ ...sendfile, header: 'X: y' }],
  [{ ...sendfile, from: '' }],
  [{ ...sendfile, to: 'internal' }],
  [{ ...sendfile, to: '/a\nb' }],
])('%j is no way to hand files off', (value) => {
  expect(() => new SharedDataMiddleware(null, {}, { sendfile: value as never })).toThrow(
    /^option 'sendfile': expected an object \{ header, from, to \}/,
  );
});
