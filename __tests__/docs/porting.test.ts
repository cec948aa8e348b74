import { join } from 'node:path';
import type { SharedDataMiddleware } from 'shared-data-middleware';
import { CorsFiles } from '../../docs/examples/porting/cors';
import { DebugFiles } from '../../docs/examples/porting/debug-files';
import { withFiles } from '../../docs/examples/porting/first-steps';
import { IndexedFiles } from '../../docs/examples/porting/index-pages';
import { ThemedFiles } from '../../docs/examples/porting/late-fields';
import { LayeredFiles } from '../../docs/examples/porting/layers';
import { PatternFiles } from '../../docs/examples/porting/pattern-prefixes';
import { PluginFiles } from '../../docs/examples/porting/plugins';
import { VersionedFiles } from '../../docs/examples/porting/pushed-loader';
import { ReadOnlyFiles } from '../../docs/examples/porting/read-only';
import { StrictFiles } from '../../docs/examples/porting/strict';
import { TenantFiles } from '../../docs/examples/porting/tenants';
import { folderWith } from '../support/files';
import { app, parseAnswer, rawExchange, serve, type RawAnswer } from '../support/server';

const FROM_APP = { status: 404, text: 'APP\n' };

/** Starts a server with the middleware and sends it a request line and headers verbatim. */
async function send(
  { listener }: SharedDataMiddleware,
  requestLine: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const { port } = await serve(listener);
  const fields = Object.entries({ Host: 'localhost', Connection: 'close', ...headers });
  const lines = [`${requestLine} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`)];
  return parseAnswer(await rawExchange(port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)));
}

async function get(
  middleware: SharedDataMiddleware,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  const { status, body } = await send(middleware, `GET ${target}`, headers);
  return { status, text: body.toString() };
}

function ok(text: string): { status: number; text: string } {
  return { status: 200, text };
}

describe('first-steps', () => {
  const folder = folderWith({
    'favicon.ico': 'icon',
    'static/page.html': 'page',
    'static/page.map': 'map',
    'static/LICENCE': 'licence',
    'node_modules/icons/package.json': '{ "name": "icons" }',
    'node_modules/icons/svg/sun.svg': '<svg/>',
    'secret.txt': 'secret',
  });
  const files = withFiles(app, folder);

  test('serves a file, a directory and the data of a package', async () => {
    expect(await get(files, '/favicon.ico')).toEqual(ok('icon'));
    expect(await get(files, '/static/page.html')).toEqual(ok('page'));
    expect(await get(files, '/icons/sun.svg')).toEqual(ok('<svg/>'));
  });

  test('applies its options', async () => {
    expect(await get(files, '/static/page.map')).toEqual(FROM_APP);
    const { headers } = await send(files, 'GET /static/LICENCE');
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'max-age=3600, public',
    });
  });

  test.each([
    '/static/none',
    '/static/../secret.txt',
    '/icons/..%2fpackage.json',
    '/icons/%2e%2e/package.json',
  ])('leaves %s to the application', async (target) => {
    expect(await get(files, target)).toEqual(FROM_APP);
  });
});

describe('DebugFiles', () => {
  const files = new DebugFiles(app, { '/static': folderWith({ 'page.js': 'code', 'page.js.map': 'map' }) });

  test('serves source maps to requests with X-Debug', async () => {
    expect(await get(files, '/static/page.js.map', { 'X-Debug': '1' })).toEqual(ok('map'));
    expect(await get(files, '/static/page.js.map')).toEqual(FROM_APP);
    expect(await get(files, '/static/page.js')).toEqual(ok('code'));
  });

  test.each(['/static/page.js%2Emap', '/static/page.js.map?x=1', '/static/page.js.map/'])(
    'does not serve a source map without X-Debug at %s',
    async (target) => {
      expect(await get(files, target)).toEqual(FROM_APP);
    },
  );
});

describe('TenantFiles', () => {
  const folder = folderWith({ 'red/page': 'red', 'blue/page': 'blue', page: 'nobody', 'red/own': 'of red' });
  const files = new TenantFiles(app, { '/files': folder });

  test.each([
    ['red.example', 'red'],
    ['blue.example', 'blue'],
    ['BLUE.Example:8080', 'blue'],
  ])('serves the files of the host %s', async (host, text) => {
    expect(await get(files, '/files/page', { Host: host })).toEqual(ok(text));
  });

  test('does not serve the files of another tenant', async () => {
    expect(await get(files, '/files/own', { Host: 'red.example' })).toEqual(ok('of red'));
    expect(await get(files, '/files/own', { Host: 'blue.example' })).toEqual(FROM_APP);
    expect(await get(files, '/files/../red/own', { Host: 'blue.example' })).toEqual(FROM_APP);
  });

  test.each(['../red', 'red.example/..', '.', '', 'red', '__proto__', 'constructor', 'red.example.evil'])(
    'leaves the host "%s" to the application',
    async (host) => {
      expect(await get(files, '/files/page', { Host: host })).toEqual(FROM_APP);
    },
  );
});

describe('StrictFiles', () => {
  const files = new StrictFiles(app, {
    '/strict': folderWith({ page: 'page' }),
    '/strict/more': (): never => {
      throw new Error('the search should have ended');
    },
  });

  test('serves an existing file', async () => {
    expect(await get(files, '/strict/page')).toEqual(ok('page'));
  });

  test.each(['/strict', '/strict/none', '/strict/more/page'])(
    'responds 404 itself to a request for the missing %s',
    async (target) => {
      expect(await get(files, target)).toEqual({ status: 404, text: 'Not Found\n' });
    },
  );

  test.each(['/none', '/strict/../page', '/strict/.env'])('leaves %s to the application', async (target) => {
    expect(await get(files, target)).toEqual(FROM_APP);
  });
});

describe('IndexedFiles', () => {
  const folder = folderWith({
    'docs/index.html': 'top',
    'docs/sub/index.html': 'sub',
    'index.html': 'outside',
  });
  const files = new IndexedFiles(app, { '/docs': join(folder, 'docs') });

  test.each([
    ['/docs/', 'top'],
    ['/docs/?page=1', 'top'],
    ['/docs/index.html', 'top'],
    ['/docs/sub/', 'sub'],
  ])('serves the index page for %s', async (target, text) => {
    expect(await get(files, target)).toEqual(ok(text));
  });

  test('serves the index page of the root', async () => {
    expect(await get(new IndexedFiles(app, { '/': folder }), '/')).toEqual(ok('outside'));
  });

  test.each([
    '/docs',
    '/docs/sub',
    '/docs/none/',
    '/docs/index.html/',
    '/docs/../',
    '/docs//',
    '/docs/%2e%2e/',
  ])('leaves %s to the application', async (target) => {
    expect(await get(files, target)).toEqual(FROM_APP);
  });
});

describe('ReadOnlyFiles', () => {
  const files = new ReadOnlyFiles(app, { '/static': folderWith({ page: 'page' }) });

  test('serves GET and HEAD, and leaves missing files to the application', async () => {
    expect(await get(files, '/static/page')).toEqual(ok('page'));
    expect((await send(files, 'HEAD /static/page')).status).toBe(200);
    expect(await get(files, '/none')).toEqual(FROM_APP);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('responds 405 with Allow to %s', async (method) => {
    for (const target of ['/static/page', '/none']) {
      const { status, headers } = await send(files, `${method} ${target}`);
      expect(status).toBe(405);
      expect(headers['allow']).toBe('GET, HEAD');
    }
  });

  test('ignores X-HTTP-Method-Override', async () => {
    const { status } = await send(files, 'POST /static/page', { 'X-HTTP-Method-Override': 'GET' });
    expect(status).toBe(405);
  });
});

describe('CorsFiles', () => {
  const files = new CorsFiles(app, { '/static': folderWith({ page: 'page' }) });

  test('sends Access-Control-Allow-Origin: * with a file', async () => {
    const { status, headers } = await send(files, 'GET /static/page');
    expect([status, headers['access-control-allow-origin']]).toEqual([200, '*']);
  });

  test('sends Access-Control-Allow-Origin: * with a 304', async () => {
    const { headers } = await send(files, 'GET /static/page');
    const again = await send(files, 'GET /static/page', { 'If-None-Match': headers['etag'] ?? '' });
    expect([again.status, again.headers['access-control-allow-origin']]).toEqual([304, '*']);
  });

  test.each(['/none', '/static/../page'])(
    'does not change the response of the application to %s',
    async (target) => {
      const { headers } = await send(files, `GET ${target}`, { Origin: 'https://evil.example' });
      expect(headers['x-app']).toBe('1');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    },
  );
});

describe('LayeredFiles', () => {
  const folder = folderWith({
    'node_modules/shop/package.json': '{ "name": "shop" }',
    'node_modules/shop/addons/winter/logo': 'snow',
    'node_modules/shop/core/logo': 'plain',
    'node_modules/shop/core/prices': 'low',
  });
  const exports = { '/shop': ['shop', 'addons/winter', 'core'] } as const;
  const files = new LayeredFiles(app, exports, { resolveFrom: folder });

  test('serves a file from the first directory that contains it', async () => {
    expect(await get(files, '/shop/logo')).toEqual(ok('snow'));
    expect(await get(files, '/shop/prices')).toEqual(ok('low'));
  });

  test.each(['/shop/none', '/shop/../package.json', '/shop/..%2fcore/logo', '/shop/core/logo'])(
    'leaves %s to the application',
    async (target) => {
      expect(await get(files, target)).toEqual(FROM_APP);
    },
  );

  test('throws a TypeError for a directory outside the package', () => {
    const outside = { '/shop': ['shop', 'core', '../../secret'] } as const;
    expect(() => new LayeredFiles(app, outside, { resolveFrom: folder })).toThrow(TypeError);
  });
});

describe('VersionedFiles', () => {
  const files = new VersionedFiles(app, { '/static': folderWith({ page: 'page' }) }, '1.2.3');

  test('serves the version in addition to its exports', async () => {
    expect(await get(files, '/version')).toEqual(ok('1.2.3\n'));
    expect(await get(files, '/static/page')).toEqual(ok('page'));
  });

  test('has the same ETag on all servers of a version, and another ETag in another version', async () => {
    const versions = ['1.2.3', '1.2.3', '1.2.4'].map((version) => new VersionedFiles(app, {}, version));
    const responses = await Promise.all(versions.map((middleware) => send(middleware, 'GET /version')));
    const [one, same, other] = responses.map(({ headers }) => headers['etag']);
    expect(one).toMatch(/^"/);
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  test.each(['/version/', '/version/x', '/version/../static/page', '/versions'])(
    'leaves %s to the application',
    async (target) => {
      expect(await get(files, target)).toEqual(FROM_APP);
    },
  );
});

describe('PluginFiles', () => {
  const folder = folderWith({
    'static/page': 'page',
    'chat/page': 'chat',
    'maps/page': 'maps',
    page: 'outside',
  });

  test('serves the current plug-ins and the fixed exports', async () => {
    const files = new PluginFiles(app, { '/static': join(folder, 'static') });
    const pages = ['/plugins/chat/page', '/plugins/maps/page', '/static/page'];
    const contents = () => Promise.all(pages.map((target) => get(files, target)));

    expect(await contents()).toEqual([FROM_APP, FROM_APP, ok('page')]);
    files.reload({ chat: join(folder, 'chat'), maps: join(folder, 'maps') });
    expect(await contents()).toEqual([ok('chat'), ok('maps'), ok('page')]);
    files.reload({ maps: join(folder, 'maps') });
    expect(await contents()).toEqual([FROM_APP, ok('maps'), ok('page')]);
  });

  test.each(['/plugins/chat/../page', '/plugins/chat/..%2fpage', '/plugins/../page', '/plugins//page'])(
    'leaves %s to the application',
    async (target) => {
      const files = new PluginFiles(app, {});
      files.reload({ chat: join(folder, 'chat') });
      expect(await get(files, target)).toEqual(FROM_APP);
    },
  );
});

describe('PatternFiles', () => {
  const folder = folderWith({
    'docs/page': 'docs',
    'en/page': 'English',
    'docs/sub/page': 'sub',
    'docs/v1/docs/page': 'nested',
    page: 'outside',
  });
  const files = new PatternFiles(app, {
    '/v[0-9]+/docs': join(folder, 'docs'),
    '/en|/en-[A-Z]+': join(folder, 'en'),
  });

  test.each([
    ['/v1/docs/page', 'docs'],
    ['/v27/docs/sub/page', 'sub'],
    ['/en/page', 'English'],
    ['/en-GB/page', 'English'],
  ])('serves %s', async (target, text) => {
    expect(await get(files, target)).toEqual(ok(text));
  });

  test.each([
    '/v1/docs',
    '/v1/docs/none',
    '/v/docs/page',
    '/v1/docspage',
    '/old-one/v1/docs/page',
    '/',
    '/v1/docs/../page',
  ])('leaves %s to the application', async (target) => {
    expect(await get(files, target)).toEqual(FROM_APP);
  });
});

describe('ThemedFiles', () => {
  const folder = folderWith({ 'light/page': 'light', 'dark/page': 'dark', page: 'outside' });

  test('reads its theme at each request', async () => {
    const files = new ThemedFiles(app, { '/theme': folder });
    expect(await get(files, '/theme/page')).toEqual(ok('light'));
    files.theme = 'dark';
    expect(await get(files, '/theme/page')).toEqual(ok('dark'));
  });

  test.each(['/theme/none', '/theme/../page', '/theme/%2e%2e/page'])(
    'leaves %s to the application',
    async (target) => {
      expect(await get(new ThemedFiles(app, { '/theme': folder }), target)).toEqual(FROM_APP);
    },
  );
});
