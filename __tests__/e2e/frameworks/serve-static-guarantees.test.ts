import express from 'express';
import {
  SharedDataMiddleware,
  type Exports,
  type SharedDataOptions,
  type SharedFile,
} from '../../../src/index';
import { folderWith } from '../../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../../support/server';

const OLD_MTIME = new Date(1.7e12);
const LATER = new Date(OLD_MTIME.getTime() + 1000).toUTCString();
const LONG_AGO = new Date(0).toUTCString();

/** Files whose content is their name. */
function filesNamed(names: string): Record<string, string> {
  return Object.fromEntries(names.split(', ').map((name) => [name, name]));
}

const folder = folderWith(
  {
    ...filesNamed('index.html, docs/index.html, docs/home.htm, docs.html, empty/a.txt, both.htm, both.html'),
    ...filesNamed(
      'plain, plain.html, v1.2.html, app.0a1b2c3d.js, .env, .git/config, .well-known/security.txt',
    ),
    ...filesNamed('ünï/index.html, ünï/日本.txt, two words.txt, 100%.txt, c#.txt, why?.txt, a+b.txt'),
    'a.txt': '0123456789',
  },
  OLD_MTIME,
);
const overriding = folderWith({ 'a.txt': 'overriding' }, OLD_MTIME);

interface RequestOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly options?: SharedDataOptions;
  readonly exports?: Exports;
  readonly mount?: string;
  readonly Middleware?: typeof SharedDataMiddleware;
}

/** Sends a request to Express with the middleware, followed by an application that responds 404. */
async function send(target: string, request: RequestOptions = {}): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, exports = { '/': folder }, mount = '/' } = request;
  const { options = {}, Middleware = SharedDataMiddleware } = request;
  const shared = new Middleware(null, exports, { index: 'index.html', ...options });
  const { port } = await serve(express().use(mount, shared.middleware).use(app));
  return rawRequest(port, method, target, Object.entries(headers));
}

/**
 * The status, with the location of a redirect, the Content-Range of a 416, or else the body.
 * `next` if the application has responded.
 */
function outcome({ status, headers, body }: RawAnswer): string {
  if (headers['x-app'] === '1') return 'next';
  const text = headers['location'] ?? (status === 416 ? headers['content-range'] : body.toString());
  return `${status} ${text ?? ''}`.trim();
}

function withHeader(name: string, value: string): RequestOptions {
  return { headers: { [name]: value } };
}

function range(value: string): RequestOptions {
  return withHeader('Range', value);
}

function extensions(...list: string[]): RequestOptions {
  return { options: { extensions: list } };
}

type Row = readonly [target: string, expected: string, request?: RequestOptions];

/** Targets, separated by spaces, with the same outcome. */
function each(targets: string, expected: string, request: RequestOptions = {}): Row[] {
  return targets.split(' ').map((target) => [target, expected, request]);
}

/** Ranges of one file, with the same outcome. */
function ranges(expected: string, ...values: readonly string[]): Row[] {
  return values.map((value) => ['/a.txt', expected, range(value)]);
}

const WHOLE = '200 0123456789';

const guarantees: Record<string, readonly Row[]> = {
  'a directory with a trailing slash serves its index': [
    ['/', '200 index.html'],
    ['/docs/', '200 docs/index.html'],
    ['/docs/', '200 docs/home.htm', { options: { index: ['none.html', 'home.htm', 'index.html'] } }],
    ['/empty/', 'next'],
  ],
  'a directory with an index is redirected to its trailing slash, with the query': [
    ['/docs', '308 ./docs/'],
    ['/docs?a=1&b=/x', '301 ./docs/?a=1&b=/x', { options: { redirect: 301 } }],
    ['/%C3%BCn%C3%AF', '308 ./%C3%BCn%C3%AF/'],
    ...each('/docs /docs/', 'next', { options: { index: false } }),
    ['/empty', 'next'],
  ],
  'with redirect: false, a directory without its trailing slash falls through': [
    ...each('/docs /docs?a=1 /%64ocs /empty', 'next', { options: { redirect: false } }),
    ['/docs', 'next', { options: { redirect: false }, method: 'POST' }],
    ['/docs/', '200 docs/index.html', { options: { redirect: false } }],
    ['/docs', '200 docs.html', { options: { redirect: false, extensions: ['html'] } }],
    ...each('/m/docs /m', 'next', { options: { redirect: false }, mount: '/m' }),
    ['/m/', '200 index.html', { options: { redirect: false }, mount: '/m' }],
    ['/m', '200 plain', { options: { redirect: false }, mount: '/m', exports: { '/': `${folder}/plain` } }],
  ],
  'missing files and other methods fall through': [
    ...each('/missing.txt /a.txt/below /a.txt/', 'next'),
    ['/missing.txt', 'next', { method: 'HEAD' }],
    ...['POST', 'PUT', 'DELETE', 'OPTIONS'].flatMap((method) => each('/a.txt', 'next', { method })),
  ],
  'malformed escapes and NUL fall through': [
    ...each('/% /%zz /a%2 /%E4.txt /%C3%28.txt /a.txt%00 /%00', 'next'),
    ['/plain%00', 'next', extensions('html')],
  ],
  'path traversals fall through': each(
    '/../a.txt /x/../../a.txt /%2e%2e/a.txt /..%2fa.txt /..%5ca.txt',
    'next',
    {
      exports: { '/': `${folder}/docs` },
    },
  ),
  'difference: non-canonical paths fall through (serve-static resolves them)': each(
    '//a.txt /./a.txt /docs/../a.txt /docs//index.html /docs%2Findex.html',
    'next',
  ),
  'difference: a target that is not canonical is redirected (serve-static serves it)': [
    ['/%61.txt?q', '308 ./a.txt?q'],
    ['/a%2Bb.txt', '308 ./a+b.txt'],
    ['/%c3%bcn%C3%AF/index.html', '308 ../%C3%BCn%C3%AF/index.html'],
    ['/%62.txt', 'next'],
  ],
  'preconditions are evaluated': [
    ['/a.txt', '304', withHeader('If-None-Match', '*')],
    ['/a.txt', '304', withHeader('If-Modified-Since', OLD_MTIME.toUTCString())],
    ['/a.txt', WHOLE, withHeader('If-Modified-Since', LONG_AGO)],
    ['/a.txt', '412 Precondition Failed', withHeader('If-Match', '"another"')],
    ['/a.txt', WHOLE, withHeader('If-Match', '*')],
    ['/a.txt', '412 Precondition Failed', withHeader('If-Unmodified-Since', LONG_AGO)],
    ['/a.txt', WHOLE, withHeader('If-Unmodified-Since', LATER)],
    ['/a.txt', WHOLE, { headers: { 'If-None-Match': '*', 'Cache-Control': 'no-cache' } }],
    ['/a.txt', WHOLE, { ...withHeader('If-None-Match', '*'), options: { cache: false } }],
  ],
  'a range gets a 206': [
    ...ranges('206 234', 'bytes=2-4', 'BYTES=2-4'),
    ...ranges('206 789', 'bytes=7-', 'bytes=-3', 'bytes=7-9', 'bytes=7-99'),
    ...ranges('206 0123456789', 'bytes=0-', 'bytes=-99'),
    ['/a.txt', WHOLE, { headers: { Range: 'bytes=0-1', 'If-Range': '"another"' } }],
    ['/a.txt', WHOLE, { ...range('bytes=2-4'), options: { acceptRanges: false } }],
  ],
  'a range beyond the file gets a 416': ranges('416 bytes */10', 'bytes=10-', 'bytes=99-100', 'bytes=-0'),
  'a malformed range is ignored': ranges(WHOLE, 'bytes=4-2', 'bytes=x-y', 'bytes', 'lines=1-2'),
  'dotfiles are ignored or allowed; difference: .well-known is not a dotfile': [
    ['/.well-known/security.txt', '200 .well-known/security.txt'],
    ...each('/.env /.git/config /.missing', 'next'),
    ['/.env', '200 .env', { options: { dotfiles: 'allow' } }],
    ['/config', '200 .git/config', { exports: { '/': `${folder}/.git` } }],
  ],
  'extensions are tried in order, after the exact name': [
    ['/both', 'next'],
    ['/both', '200 both.htm', extensions('htm', 'html')],
    ['/both', '200 both.html', extensions('none', 'html', 'htm')],
    ['/plain', '200 plain', extensions('html')],
  ],
  'difference: extensions are tried for names with a dot, and before a directory': [
    ['/v1.2', '200 v1.2.html', extensions('html')],
    ['/docs', '200 docs.html', extensions('html')],
    ['/docs/', '200 docs/index.html', extensions('html')],
  ],
  'percent-encoded names are decoded': [
    ['/%C3%BCn%C3%AF/%E6%97%A5%E6%9C%AC.txt', '200 ünï/日本.txt'],
    ['/two%20words.txt', '200 two words.txt'],
    ['/two+words.txt', 'next'],
    ['/100%25.txt', '200 100%.txt'],
    ['/c%23.txt', '200 c#.txt'],
    ['/why%3F.txt', '200 why?.txt'],
    ['/a+b.txt', '200 a+b.txt'],
    ['/plain?/../x%', '200 plain'],
  ],
  'several directories are searched in order': [
    ['/a.txt', '200 overriding', { exports: [overriding, folder].map((one) => ['/', one]) }],
  ],
  'below a mount, the rest of the path is matched': [
    ['/m/n/plain', '200 plain', { mount: '/m/n' }],
    ['/m/n/', '200 index.html', { mount: '/m/n' }],
    ['/m/n/docs?q', '308 ./docs/?q', { mount: '/m/n' }],
    ['/m/n/%70lain?q', '308 ./plain?q', { mount: '/m/n' }],
    ['/plain', 'next', { mount: '/m/n' }],
  ],
};

describe.each(Object.entries(guarantees))('%s', (_guarantee, rows) => {
  test.each(rows.map((row) => [row]))('%j', async ([target, expected, request]) => {
    expect(outcome(await send(target, request))).toBe(expected);
  });
});

test('HEAD has the headers of GET, has no content and ignores Range', async () => {
  const [head, whole] = [
    await send('/a.txt', { method: 'HEAD', ...range('bytes=0-1') }),
    await send('/a.txt'),
  ];
  expect([head.status, head.body.length, whole.headers['content-length']]).toEqual([200, 0, '10']);
  for (const name of ['content-length', 'content-type', 'etag', 'last-modified', 'cache-control'])
    expect([name, head.headers[name]]).toEqual([name, whole.headers[name]]);
});

test('the ETag of a response matches in If-None-Match and If-Range', async () => {
  const { etag = '' } = (await send('/a.txt')).headers;
  const same = await send('/a.txt', withHeader('If-None-Match', etag));
  expect([same.status, same.headers['etag'], same.headers['content-type']]).toEqual([304, etag, undefined]);
  expect(outcome(await send('/a.txt', { headers: { Range: 'bytes=0-1', 'If-Range': etag } }))).toBe('206 01');
});

test('difference: several ranges get a multipart body (serve-static sends the whole file)', async () => {
  const { status, headers } = await send('/a.txt', range('bytes=0-1,5-6'));
  expect([status, headers['content-type']]).toEqual([206, expect.stringMatching(/^multipart\/byteranges; /)]);
});

test('a 206 has Content-Range, and Accept-Ranges is sent only if ranges are enabled', async () => {
  const part = (await send('/a.txt', range('bytes=-2'))).headers;
  expect(part).toMatchObject({
    'content-range': 'bytes 8-9/10',
    'content-length': '2',
    'accept-ranges': 'bytes',
  });
  const { headers } = await send('/a.txt', { options: { acceptRanges: false } });
  expect(headers['accept-ranges']).toBeUndefined();
});

test.each(['/.env', '/.missing'])('difference: a denied %s calls next with an error', async (target) => {
  const { status, headers, body } = await send(target, { options: { dotfiles: 'deny' } });
  expect([status, headers['x-app'], body.includes('secret')]).toEqual([403, undefined, false]);
});

const immutable = /\.[0-9a-f]{8}\.\w+$/;
const byName = ({ filename }: SharedFile): string => (filename === 'plain' ? 'no-cache' : 'max-age=9');

test.each<[string, SharedDataOptions, string]>([
  ['/plain', {}, 'max-age=43200, public'],
  ['/plain', { cacheTimeout: 0 }, 'max-age=0, public'],
  ['/plain', { cacheControl: byName }, 'no-cache'],
  ['/a.txt', { cacheControl: byName }, 'max-age=9'],
  ['/plain', { immutable }, 'max-age=43200, public'],
  ['/app.0a1b2c3d.js', { immutable }, 'max-age=31536000, public, immutable'],
])('the Cache-Control of %s with %j is %s', async (target, options, expected) => {
  expect((await send(target, { options })).headers['cache-control']).toBe(expected);
});

class CustomHeaders extends SharedDataMiddleware {
  override generateEtag(): null {
    return null;
  }
  override setHeaders(headers: Headers, { filename }: SharedFile): void {
    headers.delete('Last-Modified');
    headers.set('X-Name', filename);
  }
}

test('setHeaders changes the headers of each 200, 206 and 304, and of no other response', async () => {
  const whole = await send('/plain', { Middleware: CustomHeaders });
  expect([whole.headers['etag'], whole.headers['last-modified']]).toEqual([undefined, undefined]);
  const part = await send('/a.txt', { Middleware: CustomHeaders, ...range('bytes=0-1') });
  const same = await send('/a.txt', { Middleware: CustomHeaders, ...withHeader('If-None-Match', '*') });
  const missing = await send('/missing', { Middleware: CustomHeaders });
  const outcomes = [whole, part, same, missing].map(
    ({ status, headers }) => `${status} ${headers['x-name'] ?? ''}`,
  );
  expect(outcomes).toEqual(['200 plain', '206 a.txt', '304 a.txt', '404 ']);
});

test('headers that an earlier middleware has set are kept', async () => {
  const web = express().use((_req, res, next) => {
    res.set('Cache-Control', 'private');
    next();
  });
  const { port } = await serve(web.use(new SharedDataMiddleware(null, { '/': folder }).middleware));
  const { headers } = await rawRequest(port, 'GET', '/plain');
  expect([headers['cache-control'], headers['expires']]).toEqual(['private', undefined]);
});

describe('fields that an earlier middleware has set', () => {
  const front = {
    'cache-control': 'private',
    'content-type': 'application/json',
    'content-language': 'de',
    vary: 'Origin',
    etag: '"front"',
    'last-modified': LATER,
    'accept-ranges': 'none',
    'content-encoding': 'gzip',
    'content-range': 'bytes 0-1/2',
  };

  async function sendBehind(handler: express.RequestHandler, fields: [string, string][]): Promise<RawAnswer> {
    const web = express().use((_req, res, next) => {
      res.status(404);
      for (const [name, value] of Object.entries(front)) res.setHeader(name, value);
      next();
    });
    return rawRequest((await serve(web.use(handler))).port, 'GET', '/a.txt', fields);
  }

  test('are kept by serve-static, also those of another content', async () => {
    const { status, headers } = await sendBehind(express.static(folder), []);
    expect([status, headers['content-length']]).toEqual([404, '10']);
    expect(headers).toMatchObject(front);
  });

  test('difference: only those are kept that do not describe another content', async () => {
    const { middleware } = new SharedDataMiddleware(null, { '/': folder }, { precompressed: true });
    const { status, headers } = await sendBehind(middleware, []);
    expect([status, headers['content-length']]).toEqual([404, '10']);
    expect(headers).toMatchObject({
      'cache-control': 'private',
      'content-type': 'application/json',
      'content-language': 'de',
      vary: 'Origin, Accept-Encoding',
      'last-modified': OLD_MTIME.toUTCString(),
      'accept-ranges': 'bytes',
    });
    expect(headers['etag']).not.toBe('"front"');
    for (const name of ['content-encoding', 'content-range']) expect(headers).not.toHaveProperty(name);
  });

  test('difference: with a status set in front, Range and If-Match are ignored', async () => {
    const { middleware } = new SharedDataMiddleware(null, { '/': folder });
    const statuses: number[] = [];
    for (const handler of [express.static(folder), middleware]) {
      for (const fields of [['Range', 'bytes=0-1'] as const, ['If-Match', '"another"'] as const])
        statuses.push((await sendBehind(handler, [[...fields]])).status);
    }
    expect(statuses).toEqual([206, 412, 404, 404]);
  });
});
