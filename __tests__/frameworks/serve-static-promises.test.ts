import express from 'express';
import { SharedDataMiddleware, type Exports, type SharedDataOptions, type SharedFile } from '../../src';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const RESTED = new Date(1.7e12);
const LATER = new Date(RESTED.getTime() + 1000).toUTCString();
const LONG_AGO = new Date(0).toUTCString();

/** Files whose content is their name. */
function named(names: string): Record<string, string> {
  return Object.fromEntries(names.split(', ').map((name) => [name, name]));
}

const folder = folderWith(
  {
    ...named('index.html, docs/index.html, docs/home.htm, docs.html, empty/a.txt, both.htm, both.html'),
    ...named('plain, plain.html, v1.2.html, app.0a1b2c3d.js, .env, .git/config, .well-known/security.txt'),
    ...named('ünï/index.html, ünï/日本.txt, two words.txt, 100%.txt, c#.txt, why?.txt, a+b.txt'),
    'a.txt': '0123456789',
  },
  RESTED,
);
const over = folderWith({ 'a.txt': 'over' }, RESTED);

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly options?: SharedDataOptions;
  readonly exports?: Exports;
  readonly at?: string;
  readonly Shared?: typeof SharedDataMiddleware;
}

/** Asks Express, which has an application behind the middleware that answers all the rest with its 404. */
async function ask(target: string, asked: Asked = {}): Promise<RawAnswer> {
  const { method = 'GET', headers = {}, exports = { '/': folder }, at = '/' } = asked;
  const { options = {}, Shared = SharedDataMiddleware } = asked;
  const shared = new Shared(null, exports, { index: 'index.html', ...options });
  const { port } = await serve(express().use(at, shared.middleware).use(app));
  return rawRequest(port, method, target, Object.entries(headers));
}

/** Status and text, or what says more of a redirect and a 416; `next` for what the application has answered. */
function outcome({ status, headers, body }: RawAnswer): string {
  if (headers['x-app'] === '1') return 'next';
  const text = headers['location'] ?? (status === 416 ? headers['content-range'] : body.toString());
  return `${status} ${text ?? ''}`.trim();
}

function asking(name: string, value: string): Asked {
  return { headers: { [name]: value } };
}

function range(value: string): Asked {
  return asking('Range', value);
}

function extensions(...list: string[]): Asked {
  return { options: { extensions: list } };
}

type Row = readonly [target: string, expected: string, asked?: Asked];

/** Targets, separated by spaces, that all have the same outcome. */
function each(targets: string, expected: string, asked: Asked = {}): Row[] {
  return targets.split(' ').map((target) => [target, expected, asked]);
}

/** Ranges of the same file that all have the same outcome. */
function ranges(expected: string, ...values: readonly string[]): Row[] {
  return values.map((value) => ['/a.txt', expected, range(value)]);
}

const WHOLE = '200 0123456789';

const promises: Record<string, readonly Row[]> = {
  'a folder has its index at its slash': [
    ['/', '200 index.html'],
    ['/docs/', '200 docs/index.html'],
    ['/docs/', '200 docs/home.htm', { options: { index: ['none.html', 'home.htm', 'index.html'] } }],
    ['/empty/', 'next'],
  ],
  'a folder with an index is sent on to its slash, with its query': [
    ['/docs', '308 ./docs/'],
    ['/docs?a=1&b=/x', '301 ./docs/?a=1&b=/x', { options: { redirect: 301 } }],
    ['/%C3%BCn%C3%AF', '308 ./%C3%BCn%C3%AF/'],
    ...each('/docs /docs/', 'next', { options: { index: false } }),
    ['/empty', 'next'],
  ],
  'what is missing falls through, and so do other methods': [
    ...each('/missing.txt /a.txt/below /a.txt/', 'next'),
    ['/missing.txt', 'next', { method: 'HEAD' }],
    ...['POST', 'PUT', 'DELETE', 'OPTIONS'].flatMap((method) => each('/a.txt', 'next', { method })),
  ],
  'malformed escapes and NUL fall through': [
    ...each('/% /%zz /a%2 /%E4.txt /%C3%28.txt /a.txt%00 /%00', 'next'),
    ['/plain%00', 'next', extensions('html')],
  ],
  'traversals fall through': each('/../a.txt /x/../../a.txt /%2e%2e/a.txt /..%2fa.txt /..%5ca.txt', 'next', {
    exports: { '/': `${folder}/docs` },
  }),
  'on purpose, second spellings fall through, which serve-static resolves': each(
    '//a.txt /./a.txt /docs/../a.txt /docs//index.html /docs%2Findex.html /%61.txt',
    'next',
  ),
  'a condition is kept': [
    ['/a.txt', '304', asking('If-None-Match', '*')],
    ['/a.txt', '304', asking('If-Modified-Since', RESTED.toUTCString())],
    ['/a.txt', WHOLE, asking('If-Modified-Since', LONG_AGO)],
    ['/a.txt', '412 Precondition Failed', asking('If-Match', '"another"')],
    ['/a.txt', WHOLE, asking('If-Match', '*')],
    ['/a.txt', '412 Precondition Failed', asking('If-Unmodified-Since', LONG_AGO)],
    ['/a.txt', WHOLE, asking('If-Unmodified-Since', LATER)],
    ['/a.txt', WHOLE, { headers: { 'If-None-Match': '*', 'Cache-Control': 'no-cache' } }],
    ['/a.txt', WHOLE, { ...asking('If-None-Match', '*'), options: { cache: false } }],
  ],
  'a range is a part': [
    ...ranges('206 234', 'bytes=2-4', 'BYTES=2-4'),
    ...ranges('206 789', 'bytes=7-', 'bytes=-3', 'bytes=7-9', 'bytes=7-99'),
    ...ranges('206 0123456789', 'bytes=0-', 'bytes=-99'),
    ['/a.txt', WHOLE, { headers: { Range: 'bytes=0-1', 'If-Range': '"another"' } }],
    ['/a.txt', WHOLE, { ...range('bytes=2-4'), options: { acceptRanges: false } }],
  ],
  'a range beyond the file is 416': ranges('416 bytes */10', 'bytes=10-', 'bytes=99-100', 'bytes=-0'),
  'a malformed range is ignored': ranges(WHOLE, 'bytes=4-2', 'bytes=x-y', 'bytes', 'lines=1-2'),
  'dotfiles are ignored or allowed; on purpose, .well-known is none': [
    ['/.well-known/security.txt', '200 .well-known/security.txt'],
    ...each('/.env /.git/config /.missing', 'next'),
    ['/.env', '200 .env', { options: { dotfiles: 'allow' } }],
    ['/config', '200 .git/config', { exports: { '/': `${folder}/.git` } }],
  ],
  'extensions are tried in their order, after the name as it is': [
    ['/both', 'next'],
    ['/both', '200 both.htm', extensions('htm', 'html')],
    ['/both', '200 both.html', extensions('none', 'html', 'htm')],
    ['/plain', '200 plain', extensions('html')],
  ],
  'on purpose, extensions are tried for names with a dot, and before a folder': [
    ['/v1.2', '200 v1.2.html', extensions('html')],
    ['/docs', '200 docs.html', extensions('html')],
    ['/docs/', '200 docs/index.html', extensions('html')],
  ],
  'names are unescaped': [
    ['/%C3%BCn%C3%AF/%E6%97%A5%E6%9C%AC.txt', '200 ünï/日本.txt'],
    ['/two%20words.txt', '200 two words.txt'],
    ['/two+words.txt', 'next'],
    ['/100%25.txt', '200 100%.txt'],
    ['/c%23.txt', '200 c#.txt'],
    ['/why%3F.txt', '200 why?.txt'],
    ...each('/a+b.txt /a%2Bb.txt', '200 a+b.txt'),
    ['/plain?/../x%', '200 plain'],
  ],
  'several folders are asked in their order': [
    ['/a.txt', '200 over', { exports: [over, folder].map((one) => ['/', one]) }],
  ],
  'below a mount, the path is what is left of it': [
    ['/m/n/plain', '200 plain', { at: '/m/n' }],
    ['/m/n/', '200 index.html', { at: '/m/n' }],
    ['/m/n/docs?q', '308 ./docs/?q', { at: '/m/n' }],
    ['/plain', 'next', { at: '/m/n' }],
  ],
};

describe.each(Object.entries(promises))('%s', (_promise, rows) => {
  test.each(rows.map((row) => [row]))('%j', async ([target, expected, asked]) => {
    expect(outcome(await ask(target, asked))).toBe(expected);
  });
});

test('HEAD has the fields of GET and neither content nor parts', async () => {
  const [head, whole] = [await ask('/a.txt', { method: 'HEAD', ...range('bytes=0-1') }), await ask('/a.txt')];
  expect([head.status, head.body.length, whole.headers['content-length']]).toEqual([200, 0, '10']);
  for (const name of ['content-length', 'content-type', 'etag', 'last-modified', 'cache-control'])
    expect([name, head.headers[name]]).toEqual([name, whole.headers[name]]);
});

test('the entity tag of an answer is good for If-None-Match and If-Range', async () => {
  const { etag = '' } = (await ask('/a.txt')).headers;
  const same = await ask('/a.txt', asking('If-None-Match', etag));
  expect([same.status, same.headers['etag'], same.headers['content-type']]).toEqual([304, etag, undefined]);
  expect(outcome(await ask('/a.txt', { headers: { Range: 'bytes=0-1', 'If-Range': etag } }))).toBe('206 01');
});

test('on purpose, several parts are a multipart, where serve-static sends the whole', async () => {
  const { status, headers } = await ask('/a.txt', range('bytes=0-1,5-6'));
  expect([status, headers['content-type']]).toEqual([206, expect.stringMatching(/^multipart\/byteranges; /)]);
});

test('a part tells which it is, and ranges are announced only where they are served', async () => {
  const part = (await ask('/a.txt', range('bytes=-2'))).headers;
  expect(part).toMatchObject({
    'content-range': 'bytes 8-9/10',
    'content-length': '2',
    'accept-ranges': 'bytes',
  });
  const { headers } = await ask('/a.txt', { options: { acceptRanges: false } });
  expect(headers['accept-ranges']).toBeUndefined();
});

test.each(['/.env', '/.missing'])('on purpose, a denied %s is an error for next', async (target) => {
  const { status, headers, body } = await ask(target, { options: { dotfiles: 'deny' } });
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
])('the lifetime of %s with %j is %s', async (target, options, expected) => {
  expect((await ask(target, { options })).headers['cache-control']).toBe(expected);
});

class Shared extends SharedDataMiddleware {
  override generateEtag(): null {
    return null;
  }
  override responseHeaders(headers: Headers, { filename }: SharedFile): void {
    headers.delete('Last-Modified');
    headers.set('X-Name', filename);
  }
}

test('header fields are added and removed file by file, on parts and 304 too, not on what falls through', async () => {
  const whole = await ask('/plain', { Shared });
  expect([whole.headers['etag'], whole.headers['last-modified']]).toEqual([undefined, undefined]);
  const part = await ask('/a.txt', { Shared, ...range('bytes=0-1') });
  const same = await ask('/a.txt', { Shared, ...asking('If-Modified-Since', LATER) });
  const missing = await ask('/missing', { Shared });
  const told = [whole, part, same, missing].map(
    ({ status, headers }) => `${status} ${headers['x-name'] ?? ''}`,
  );
  expect(told).toEqual(['200 plain', '206 a.txt', '304 a.txt', '404 ']);
});

test('fields that a middleware in front has set are kept', async () => {
  const web = express().use((_req, res, next) => {
    res.set('Cache-Control', 'private');
    next();
  });
  const { port } = await serve(web.use(new SharedDataMiddleware(null, { '/': folder }).middleware));
  const { headers } = await rawRequest(port, 'GET', '/plain');
  expect([headers['cache-control'], headers['expires']]).toEqual(['private', undefined]);
});
