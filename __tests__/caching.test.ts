import { SharedDataMiddleware, type SharedDataOptions, type SharedFile } from '../src';
import { folderWith } from './support/files';
import { app, rawRequest, serve, type RawAnswer } from './support/server';

const folder = folderWith({ 'assets/app.3f2a.js': 'app', 'index.html': 'home', 'font.woff2': 'font' });

async function ask(
  target: string,
  options: SharedDataOptions,
  method = 'GET',
  headers: [string, string][] = [],
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }, options).listener);
  return rawRequest(port, method, target, headers);
}

/** Seconds from Date to Expires, or null without Expires. */
function lifetime({ headers }: RawAnswer): number | null {
  if (headers['expires'] === undefined) return null;
  return (Date.parse(headers['expires']) - Date.parse(headers['date'] ?? '')) / 1000;
}

describe('cacheControl', () => {
  test.each<[SharedDataOptions['cacheControl'], string, number | null]>([
    ['max-age=60, stale-while-revalidate=30', 'max-age=60, stale-while-revalidate=30', 60],
    ['public, s-maxage=600', 'public, s-maxage=600', null],
    ['no-cache', 'no-cache', null],
    [({ filename }) => `max-age=${filename.length}`, 'max-age=10', 10],
  ])('%p', async (cacheControl, sent, seconds) => {
    for (const method of ['GET', 'HEAD']) {
      const answer = await ask('/s/index.html', { cacheControl }, method);
      expect([answer.headers['cache-control'], lifetime(answer)]).toEqual([sent, seconds]);
    }
  });

  test('may be a function, which is told of the file', async () => {
    const seen: SharedFile[] = [];
    const cacheControl = (file: SharedFile): string => {
      seen.push(file);
      return 'private';
    };
    await ask('/s/assets/app.3f2a.js', { cacheControl });
    expect(seen).toEqual([
      { filename: 'app.3f2a.js', path: 'assets/app.3f2a.js', size: 3, mtime: expect.anything() as Date },
    ]);
  });

  test('is repeated by a 304', async () => {
    const answer = await ask('/s/index.html', { cacheControl: 'max-age=7' }, 'GET', [['If-None-Match', '*']]);
    expect([answer.status, answer.headers['cache-control'], lifetime(answer)]).toEqual([304, 'max-age=7', 7]);
  });

  test('that is no field value ends in a 500, not in another header', async () => {
    const { status, headers } = await ask('/s/index.html', { cacheControl: () => 'x\r\nX-Evil: 1' });
    expect([status, headers['x-evil']]).toEqual([500, undefined]);
  });
});

describe('immutable', () => {
  test.each<[SharedDataOptions['immutable']]>([
    [/\.[0-9a-f]{4}\./],
    [/\.[0-9a-f]{4}\./g],
    [(path) => path.startsWith('assets/')],
  ])('%p marks the files that never change, every time', async (immutable) => {
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { immutable, cacheControl: 'no-cache' });
    const { port } = await serve(shared.listener);
    for (let time = 0; time < 3; time++) {
      const answer = await rawRequest(port, 'GET', '/s/assets/app.3f2a.js');
      expect([answer.headers['cache-control'], lifetime(answer)]).toEqual([
        'max-age=31536000, public, immutable',
        31536000,
      ]);
      expect((await rawRequest(port, 'GET', '/s/index.html')).headers['cache-control']).toBe('no-cache');
    }
  });
});

test('cache: false keeps what cacheControl says, without validators', async () => {
  const { headers } = await ask('/s/index.html', { cache: false, cacheControl: 'no-store' });
  expect(headers['cache-control']).toBe('no-store');
  expect(headers).not.toHaveProperty('etag');
});

test('a time to come is not sent as Last-Modified', async () => {
  const later = folderWith({ 'a.txt': 'a' }, new Date(Date.now() + 1e9));
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': later }).listener);
  const { headers } = await rawRequest(port, 'GET', '/s/a.txt');
  expect(Date.parse(headers['last-modified'] ?? '')).toBeLessThanOrEqual(Date.parse(headers['date'] ?? ''));
});

describe('responseHeaders', () => {
  class Fonts extends SharedDataMiddleware {
    override responseHeaders(headers: Headers, file: SharedFile): void {
      if (file.filename.endsWith('.woff2')) headers.set('Access-Control-Allow-Origin', '*');
      headers.set('Content-Range', 'nonsense');
    }
  }

  test.each<[string, [string, string][], number]>([
    ['200', [], 200],
    ['206', [['Range', 'bytes=1-2']], 206],
    ['304', [['If-None-Match', '*']], 304],
  ])('sees a %s: CORS for fonts', async (_name, headers, status) => {
    const { port } = await serve(new Fonts(app, { '/s': folder }).listener);
    const answer = await rawRequest(port, 'GET', '/s/font.woff2', headers);
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([status, '*']);
    if (status === 206) expect(answer.headers['content-range']).toBe('bytes 1-2/4');
  });

  test('does not see what is not an answer of the file', async () => {
    const { port } = await serve(new Fonts(app, { '/s': folder }).listener);
    expect(
      (await rawRequest(port, 'GET', '/s/font.woff2', [['If-Match', '"x"']])).headers,
    ).not.toHaveProperty('access-control-allow-origin');
  });
});
