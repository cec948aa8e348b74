import { join } from 'node:path';
import { SharedDataMiddleware, type Exports, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

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
const allExports: Exports = { '/s': from, '/e': join(folder, 'elsewhere') };

async function request(
  target: string,
  options: SharedDataOptions = {},
  headers: [string, string][] = [],
  Middleware = SharedDataMiddleware,
): Promise<RawAnswer> {
  const { port } = await serve(new Middleware(app, allExports, { sendfile, ...options }).listener);
  return rawRequest(port, 'GET', target, headers);
}

describe('a file that is delegated to a proxy', () => {
  test('is named in a header next to Content-Type and Cache-Control, and has no body', async () => {
    const { status, headers, body } = await request('/s/a.txt');
    expect([status, body.length]).toEqual([200, 0]);
    expect(headers).toMatchObject({
      'x-accel-redirect': '/internal/a.txt',
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'max-age=43200, public',
    });
    for (const name of ['etag', 'last-modified', 'accept-ranges', 'content-encoding'])
      expect(headers[name]).toBeUndefined();
  });

  test('has an escaped path', async () => {
    const { headers } = await request('/s/%C3%A4%20b%25%23%3F.txt');
    expect(headers['x-accel-redirect']).toBe('/internal/%C3%A4%20b%25%23%3F.txt');
  });

  test('has the header and path of the sendfile option', async () => {
    const { headers } = await request('/s/a.txt', {
      sendfile: { header: 'X-Sendfile', from, to: '/srv/files/' },
    });
    expect(headers['x-sendfile']).toBe('/srv/files/a.txt');
  });

  test.each<[string, [string, string]]>([
    ['If-Modified-Since', ['If-Modified-Since', new Date().toUTCString()]],
    ['If-Match', ['If-Match', '"of the proxy"']],
    ['Range', ['Range', 'bytes=0-1']],
    ['Accept-Encoding', ['Accept-Encoding', 'gzip']],
  ])('leaves %s to the proxy', async (_name, field) => {
    const { status, headers } = await request('/s/a.txt', { precompressed: true }, [field]);
    expect([status, headers['x-accel-redirect']]).toEqual([200, '/internal/a.txt']);
  });

  test('must exist and be allowed', async () => {
    const disallowed = await request('/s/private/key.txt', { disallow: 'private/' });
    expect([disallowed.status, disallowed.headers['x-accel-redirect']]).toEqual([404, undefined]);
    expect((await request('/s/missing.txt')).headers['x-app']).toBe('1');
  });

  test('is passed to the application if it was deleted after the lookup', async () => {
    class Gone extends SharedDataMiddleware {
      override opener(filename: string) {
        return super.opener(`${filename}.gone`);
      }
    }
    expect((await request('/s/a.txt', {}, [], Gone)).headers['x-app']).toBe('1');
  });

  test('has the headers that setHeaders adds', async () => {
    class Marked extends SharedDataMiddleware {
      override setHeaders(headers: Headers): void {
        headers.set('X-Mine', 'yes');
      }
    }
    const { headers } = await request('/s/a.txt', {}, [], Marked);
    expect([headers['x-mine'], headers['x-accel-redirect']]).toEqual(['yes', '/internal/a.txt']);
  });
});

test('a file outside the directory of the sendfile option is not delegated', async () => {
  const { headers, body } = await request('/e/b.txt');
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
])('the sendfile option %j is rejected', (value) => {
  expect(() => new SharedDataMiddleware(null, {}, { sendfile: value as never })).toThrow(
    /^option 'sendfile': expected an object \{ header, from, to \}/,
  );
});
