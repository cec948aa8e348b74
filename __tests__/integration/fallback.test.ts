import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { SharedDataMiddleware, type Loader, type SharedDataOptions, type SharedFile } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const MTIME = new Date('2024-02-29T12:00:00Z');
const PAGE = '<!doctype html><title>the page of the application</title>';
const NAVIGATE = [['Sec-Fetch-Mode', 'navigate']] as const;
const BROWSER = [['Accept', 'text/html,application/xhtml+xml,*/*;q=0.8']] as const;

const dist = folderWith(
  {
    'index.html': PAGE,
    'index.html.br': brotliCompressSync(PAGE),
    '404.html': 'not found',
    'about.html': 'about',
    'secret.html': 'secret',
    'docs/index.html': 'docs',
    'assets/app.12345678.js': 'app()',
    '.hidden': 'hidden',
  },
  MTIME,
);
const other = folderWith({ 'a.txt': 'a', 'only-here.html': 'only here' });

type Fields = readonly (readonly [string, string])[];
type Get = (target: string, headers?: Fields, method?: string) => Promise<RawAnswer>;

async function getFrom(shared: SharedDataMiddleware): Promise<Get> {
  const { port } = await serve(shared.listener);
  return (target, headers = [], method = 'GET') => rawRequest(port, method, target, headers);
}

function withOptions(options: SharedDataOptions = {}): Promise<Get> {
  return getFrom(new SharedDataMiddleware(app, { '/app': dist }, { fallback: 'index.html', ...options }));
}

function outcome({ status, body }: RawAnswer): string {
  return `${status} ${body.toString()}`;
}

const ROUTES = [
  '/app',
  '/app/',
  '/app/user/1',
  '/app/user/1/',
  '/app/user/1?tab=/a.js',
  '/app/user/1%2F2',
  '/app/user/a%5Cb',
  '/app/user/a\\b',
  '/app/@jane.doe',
  '/app/%40jane.doe',
  '/app//user//1',
  '/app/user/../x',
  '/app/user/%2e%2E/x',
  '/app/./x',
  '/app/100%',
  '/app/%00',
  '/app/%ff',
  '/app/.hidden',
  '/app/missing.js',
  `/app/${'x'.repeat(8000)}`,
  `/app/${'x/'.repeat(4000)}`,
  'http://localhost/app/user/1',
];

describe('a navigation without a file gets the page, whatever the route:', () => {
  test('all routes', async () => {
    const get = await withOptions();
    for (const target of ROUTES) {
      const response = await get(target, NAVIGATE);
      expect([target.slice(0, 30), outcome(response)]).toEqual([target.slice(0, 30), `200 ${PAGE}`]);
      expect(response.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'last-modified': MTIME.toUTCString(),
        vary: 'Accept, Sec-Fetch-Mode',
      });
      expect(response.headers['etag']).toMatch(/^"/);
      expect(response.headers).not.toHaveProperty('expires');
    }
  });

  test('a client without Sec-Fetch-Mode gets it if it accepts HTML and the route has no known extension', async () => {
    const get = await withOptions();
    expect(outcome(await get('/app/@jane.doe', BROWSER))).toBe(`200 ${PAGE}`);
    expect(outcome(await get('/app/missing.js', BROWSER))).toBe('404 APP\n');
  });
});

describe('the application gets', () => {
  test.each<[string, string, Fields]>([
    ['a request of a script', '/app/missing.js', [['Sec-Fetch-Mode', 'no-cors'], ...BROWSER]],
    ['a request of an API client', '/app/user/1', [['Accept', 'application/json']]],
    ['a request without Accept', '/app/user/1', []],
    ['a request of curl', '/app/user/1', [['Accept', '*/*']]],
    ['a path outside of the export', '/other', NAVIGATE],
    ['a path that only starts like the export', '/apps/x', NAVIGATE],
    ['a path that leaves the export', '/app/../other', NAVIGATE],
  ])('%s', async (_what, target, headers) => {
    const get = await withOptions();
    expect(outcome(await get(target, headers))).toBe('404 APP\n');
  });

  test('a POST', async () => {
    const get = await withOptions();
    expect(outcome(await get('/app/user/1', NAVIGATE, 'POST'))).toBe('404 APP\n');
  });

  test('every request if no export that matches has the file', async () => {
    const get = await withOptions({ fallback: 'missing.html' });
    expect(outcome(await get('/app/user/1', NAVIGATE))).toBe('404 APP\n');
  });
});

test('files, indexes, extensions and their redirects take precedence', async () => {
  const get = await withOptions({ index: 'index.html', extensions: ['html'], fallback: '404.html' });
  expect(outcome(await get('/app/', NAVIGATE))).toBe(`200 ${PAGE}`);
  expect(outcome(await get('/app/docs/', NAVIGATE))).toBe('200 docs');
  expect(outcome(await get('/app/about', NAVIGATE))).toBe('200 about');
  expect((await get('/app/docs', NAVIGATE)).headers).toMatchObject({ location: './docs/' });
  const { headers } = await get('/app/about.html', NAVIGATE);
  expect(headers).toMatchObject({ 'cache-control': 'max-age=43200, public' });
  expect(headers).not.toHaveProperty('vary');
});

describe('the page is sent as a file is:', () => {
  test('HEAD, conditions and ranges', async () => {
    const get = await withOptions();
    const { headers } = await get('/app/x', NAVIGATE);
    const head = await get('/app/x', NAVIGATE, 'HEAD');
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      String(PAGE.length),
    ]);
    const notModified = await get('/app/y%2Fz', [...NAVIGATE, ['If-None-Match', headers['etag'] ?? '']]);
    expect(notModified).toMatchObject({
      status: 304,
      headers: { etag: headers['etag'], 'cache-control': 'no-cache', vary: 'Accept, Sec-Fetch-Mode' },
    });
    const failed = await get('/app/x', [...NAVIGATE, ['If-Match', '"other"']]);
    expect(failed.status).toBe(412);
    const part = await get('/app/x', [...NAVIGATE, ['Range', 'bytes=1-3']]);
    expect([part.status, part.body.toString()]).toEqual([206, PAGE.slice(1, 4)]);
  });

  test('stored encodings', async () => {
    const get = await withOptions({ precompressed: true });
    const { headers, body } = await get('/app/x', [...NAVIGATE, ['Accept-Encoding', 'br']]);
    expect(headers).toMatchObject({
      'content-encoding': 'br',
      vary: 'Accept-Encoding, Accept, Sec-Fetch-Mode',
    });
    expect(body).toEqual(brotliCompressSync(PAGE));
  });

  test('no option gives it a lifetime, and cache: false no validators', async () => {
    for (const cacheControl of ['max-age=60', () => 'max-age=60']) {
      const get = await withOptions({ cacheControl, immutable: /html$/ });
      const { headers } = await get('/app/x', NAVIGATE);
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers).not.toHaveProperty('expires');
      // The same version of the file, under its own name.
      expect((await get('/app/index.html')).headers['cache-control']).toContain('immutable');
      expect((await get('/app/x', NAVIGATE)).headers['cache-control']).toBe('no-cache');
    }
    const get = await withOptions({ cache: false });
    const { headers } = await get('/app/x', [...NAVIGATE, ['If-Modified-Since', MTIME.toUTCString()]]);
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers).not.toHaveProperty('etag');
  });

  test('setHeaders, isAllowed and getDirectoryLoader of a subclass apply', async () => {
    const lookups: (string | null)[] = [];
    class Site extends SharedDataMiddleware {
      override getDirectoryLoader(directory: string): Loader {
        const load = super.getDirectoryLoader(directory);
        return (path, request) => load(path === 'page' ? 'about.html' : path, request);
      }
      override isAllowed(_filename: string, { path, request }: { path: string | null; request: object }) {
        lookups.push(path);
        return !Object.hasOwn((request as { headers: object }).headers, 'x-denied');
      }
      override setHeaders(headers: Headers, { path }: SharedFile): void {
        headers.set('X-Path', String(path));
        headers.set('Vary', 'X-Denied');
      }
    }
    const get = await getFrom(new Site(app, { '/app': dist }, { fallback: 'page' }));
    const response = await get('/app/x%2Fy', NAVIGATE);
    expect(outcome(response)).toBe('200 about');
    expect(response.headers).toMatchObject({
      'x-path': 'page',
      vary: 'X-Denied, Accept, Sec-Fetch-Mode',
      'cache-control': 'private, no-cache',
    });
    expect(outcome(await get('/app/x', [...NAVIGATE, ['X-Denied', '1']]))).toBe('404 APP\n');
    expect(lookups).toEqual(['page', 'page']);
  });

  test('disallow denies it, and a denied file is treated as a missing one', async () => {
    const get = await withOptions({ disallow: 'secret.html' });
    expect(outcome(await get('/app/secret.html', NAVIGATE))).toBe(`200 ${PAGE}`);
    expect(outcome(await get('/app/secret.html', BROWSER))).toBe('404 APP\n');
    const denied = await withOptions({ disallow: 'index.html' });
    expect(outcome(await denied('/app/x', NAVIGATE))).toBe('404 APP\n');
  });
});

describe('the file is that of the first export that matches and has it:', () => {
  const targets = { '/app/admin': other, '/app': dist, '/logo.svg': join(dist, 'about.html') };

  test('exports are searched in order', async () => {
    const get = await getFrom(new SharedDataMiddleware(app, targets, { fallback: 'only-here.html' }));
    expect(outcome(await get('/app/admin/x%2Fy', NAVIGATE))).toBe('200 only here');
    expect(outcome(await get('/app/x', NAVIGATE))).toBe('404 APP\n');
    const next = await getFrom(new SharedDataMiddleware(app, targets, { fallback: 'index.html' }));
    expect(outcome(await next('/app/admin/x', NAVIGATE))).toBe(`200 ${PAGE}`);
  });

  test('a prefix with characters that are escaped in a target', async () => {
    const get = await getFrom(new SharedDataMiddleware(app, { '/ä b': dist }, { fallback: 'index.html' }));
    expect(outcome(await get('/%C3%A4%20b/x%2Fy', NAVIGATE))).toBe(`200 ${PAGE}`);
  });

  test('an exported file is no fallback for the paths below it', async () => {
    const get = await getFrom(new SharedDataMiddleware(app, targets, { fallback: 'index.html' }));
    expect(outcome(await get('/logo.svg/a', NAVIGATE))).toBe('200 about');
    expect(outcome(await get('/logo.svg/a%2Fb', NAVIGATE))).toBe('404 APP\n');
  });

  test('a loader that is asynchronous, and one that fails', async () => {
    const load: Loader = (path) =>
      path === 'index.html'
        ? Promise.resolve(['index.html', () => ({ mtime: MTIME, size: 1, read: () => Buffer.from('x') })])
        : Promise.resolve(null);
    const fail: Loader = (path) => {
      if (path === 'index.html') throw Object.assign(new Error('down'), { status: 503 });
      return null;
    };
    const exported = { '/none': () => Promise.resolve(null), '/app': load, '/down': fail };
    const get = await getFrom(new SharedDataMiddleware(app, exported, { fallback: 'index.html' }));
    expect(outcome(await get('/app/user/1', NAVIGATE))).toBe('200 x');
    expect((await get('/down/user/1', NAVIGATE)).status).toBe(503);
    expect(outcome(await get('/none/user/1', NAVIGATE))).toBe('404 APP\n');
  });
});

describe('with the status 404,', () => {
  const fallback = { file: '404.html', status: 404 } as const;

  test('the page is sent whole, with no-store, an ETag and Vary', async () => {
    const get = await withOptions({ fallback });
    const { headers } = await get('/app/x', NAVIGATE);
    for (const condition of [
      [],
      [['If-None-Match', headers['etag'] ?? '']],
      [['Range', 'bytes=0-1']],
    ] as const) {
      const response = await get('/app/x', [...NAVIGATE, ...condition]);
      expect(outcome(response)).toBe('404 not found');
      expect(response.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
        vary: 'Accept, Sec-Fetch-Mode',
      });
      expect(response.headers['etag']).toMatch(/^"/);
      expect(response.headers).not.toHaveProperty('expires');
    }
    expect(outcome(await get('/app/x.json', [['Accept', 'application/json']]))).toBe('404 APP\n');
  });

  test('a status set in front is kept, and a lifetime set in front is not', async () => {
    const shared = new SharedDataMiddleware(app, { '/app': dist }, { fallback });
    const { port } = await serve((req, res) => {
      if (req.url === '/app/gone') res.statusCode = 410;
      res.setHeader('Cache-Control', 'max-age=3600');
      res.setHeader('Content-Type', 'text/plain');
      shared.listener(req, res);
    });
    for (const [target, status] of [
      ['/app/x', 404],
      ['/app/gone', 410],
    ] as const) {
      const response = await rawRequest(port, 'GET', target, NAVIGATE);
      expect(outcome(response)).toBe(`${status} not found`);
      expect(response.headers).toMatchObject({
        'cache-control': 'no-store',
        'content-type': 'text/html; charset=utf-8',
      });
    }
  });
});

describe('a missing file that immutable selects', () => {
  const immutable = /^assets\/|\.[0-9a-f]{8}\.\w+$/;

  test('is 404 with no-store, whatever the client', async () => {
    const get = await withOptions({ immutable });
    for (const headers of [NAVIGATE, BROWSER, [], [['Accept', 'application/json']]] as const) {
      for (const target of [
        '/app/assets/app.87654321.js',
        '/app/app.87654321.js',
        '/app/assets/a%2Fb.js',
        '/app/%61ssets/a.js',
        '/app/assets/',
      ]) {
        const response = await get(target, headers);
        expect([target, outcome(response)]).toEqual([target, '404 Not Found\n']);
        expect(response.headers).toMatchObject({
          'cache-control': 'no-store',
          'content-type': 'text/plain; charset=utf-8',
        });
      }
    }
    expect(outcome(await get('/app/assets/app.12345678.js', NAVIGATE))).toBe('200 app()');
  });

  test('is left to the application if it is not below an export, or not requested with GET or HEAD', async () => {
    const get = await withOptions({ immutable });
    expect(outcome(await get('/assets/app.87654321.js', NAVIGATE))).toBe('404 APP\n');
    expect(outcome(await get('/app/assets/app.87654321.js', NAVIGATE, 'POST'))).toBe('404 APP\n');
  });

  test('is left to the application without a fallback', async () => {
    const get = await withOptions({ immutable, fallback: undefined });
    expect(outcome(await get('/app/assets/app.87654321.js', NAVIGATE))).toBe('404 APP\n');
  });

  test('has no lifetime that was set in front', async () => {
    const shared = new SharedDataMiddleware(app, { '/': dist }, { fallback: 'index.html', immutable });
    const { port } = await serve((req, res) => {
      res.setHeader(req.url?.endsWith('?expires') === true ? 'Expires' : 'Cache-Control', 'max-age=31536000');
      shared.listener(req, res);
    });
    for (const query of ['', '?expires']) {
      const { headers } = await rawRequest(port, 'GET', `/assets/x.87654321.js${query}`);
      expect(headers['cache-control']).toBe('no-store');
    }
  });
});

test('dotfiles: "deny" refuses the path of a dotfile, and a route that is no path of a file gets the page', async () => {
  const get = await withOptions({ dotfiles: 'deny' });
  expect((await get('/app/.hidden', NAVIGATE)).status).toBe(403);
  expect((await get('/app/.missing/x', NAVIGATE)).status).toBe(403);
  expect(outcome(await get('/app/.hidden%2Fx', NAVIGATE))).toBe(`200 ${PAGE}`);
});
