import express, { type Request, type RequestHandler, type Response } from 'express';
import Koa from 'koa';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { koaMiddleware } from '../../../src/adapters/koa';
import { SharedDataMiddleware, type SharedDataOptions } from '../../../src/index';
import { folderWith } from '../../support/files';
import { rawRequest, serve, type RawAnswer } from '../../support/server';

/** Middleware that replaces methods of the response. None of it has current types. */
const load = createRequire(__filename) as (name: string) => (options?: unknown) => RequestHandler;

const PAGE = `<html><head><title>page</title></head><body>${'<p>some text</p>\n'.repeat(20_000)}</body></html>`;
const folder = folderWith({ 'page.html': PAGE, 'small.txt': 'small', 'image.png': PAGE }, new Date(1.7e12));

const session = { secret: 'x', resave: false, saveUninitialized: true };

const apicache = load('apicache') as unknown as {
  middleware(duration: string): RequestHandler;
  clear(): void;
};

const MIDDLEWARE: Readonly<Record<string, () => RequestHandler>> = {
  'morgan 1.10.0': () => load('morgan-1.10')(':status :res[content-length]'),
  'compression 1.7.4': () => load('compression-1.7')(),
  'compression 1.8': () => load('compression')(),
  'express-session 1.17.3': () => load('express-session-1.17')(session),
  'cookie-session 2.0.0': () => load('cookie-session-2.0')({ keys: ['x'] }),
  'response-time 2.3.2': () => load('response-time-2.3')(),
  'http-compression': () => {
    const compress = load('http-compression')() as unknown as (...args: unknown[]) => void;
    return (req, res, next) => {
      compress(req, res, next);
    };
  },
  apicache: () => apicache.middleware('1 second'),
};

beforeAll(() => {
  // morgan writes a line per request.
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});

afterEach(() => {
  apicache.clear();
});

async function start(middleware: RequestHandler, options: SharedDataOptions = {}): Promise<number> {
  const shared = new SharedDataMiddleware(null, { '/s': folder }, options);
  return (await serve(express().use(middleware).use(shared.middleware))).port;
}

function withGzip(port: number, path: string, ...more: [string, string][]): Promise<RawAnswer> {
  return rawRequest(port, 'GET', path, [['Accept-Encoding', 'gzip'], ...more]);
}

/** The content, without the framing of HTTP/1.1 and decoded. */
function contentOf({ headers, body }: RawAnswer): string {
  const bytes = headers['transfer-encoding'] === 'chunked' ? dechunk(body) : body;
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}

function dechunk(body: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length;) {
    const end = body.indexOf('\r\n', at);
    const length = parseInt(body.toString('latin1', at, end), 16);
    chunks.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
  return Buffer.concat(chunks);
}

describe.each(Object.entries(MIDDLEWARE))('behind %s', (name, create) => {
  test.each(['/s/small.txt', '/s/page.html'])(
    '%s is sent complete and with its fields, twice',
    async (path) => {
      // A file that is not in memory is sent in chunks whose buffers are used again.
      const port = await start(create(), { memoryLimit: 0 });
      for (const round of [1, 2]) {
        const answer = await withGzip(port, path);
        expect([round, answer.status]).toEqual([round, 200]);
        expect(contentOf(answer)).toBe(path === '/s/page.html' ? PAGE : 'small');
        expect(answer.headers['content-type']).toMatch(path === '/s/page.html' ? /html/ : /plain/);
        expect(answer.headers['etag']).toMatch(/^(?:W\/)?"/);
        expect(Object.keys(answer.headers).filter((field) => /^\d/.test(field))).toEqual([]);
      }
    },
  );

  test('If-None-Match with the current ETag responds 304', async () => {
    const port = await start(create());
    const { headers } = await withGzip(port, '/s/page.html');
    const { status } = await withGzip(port, '/s/page.html', ['If-None-Match', headers['etag'] ?? '']);
    expect([name, status]).toEqual([name, 304]);
  });
});

test('behind connect-livereload, the page is complete and has the script', async () => {
  const { headers, body } = await rawRequest(
    await start(load('connect-livereload')()),
    'GET',
    '/s/page.html',
    [['Accept', 'text/html']],
  );
  const content = contentOf({ status: 200, headers, body });
  expect(content.replace(/<script [^]*<\/script>/, '')).toBe(PAGE);
  expect(content).toContain('livereload');
});

describe('the ETag behind middleware that may change the content', () => {
  test.each(['compression-1.7', 'compression'])(
    '%s is weak, so that a download starts again',
    async (name) => {
      const port = await start(load(name)());
      const { headers } = await withGzip(port, '/s/page.html');
      expect([headers['content-encoding'], headers['etag']]).toEqual([
        'gzip',
        expect.stringMatching(/^W\/"/),
      ]);
      const resumed = await rawRequest(port, 'GET', '/s/page.html', [
        ['Range', 'bytes=10-19'],
        ['If-Range', headers['etag'] ?? ''],
      ]);
      expect(resumed.status).toBe(200);
    },
  );

  test('is strong if the content cannot be compressed', async () => {
    const { headers } = await withGzip(await start(load('compression')()), '/s/image.png');
    expect(headers['etag']).toMatch(/^"/);
  });

  test('is strong if Cache-Control has no-transform', async () => {
    const port = await start(load('compression')(), { cacheControl: 'public, no-transform' });
    const { headers } = await withGzip(port, '/s/page.html');
    expect([headers['content-encoding'], headers['etag']]).toEqual([undefined, expect.stringMatching(/^"/)]);
  });

  test('is the same for 200, 206 and 304 if setHeaders sets a type that can be compressed', async () => {
    class Styles extends SharedDataMiddleware {
      override setHeaders(headers: Headers): void {
        headers.set('Content-Type', 'text/css');
      }
    }
    const shared = new Styles(null, { '/s': folder });
    const { port } = await serve(express().use(load('compression')()).use(shared.middleware));
    const whole = await withGzip(port, '/s/image.png');
    expect(whole.headers['etag']).toMatch(/^W\/"/);
    for (const field of [['Range', 'bytes=0-9'] as const, ['If-None-Match', '*'] as const]) {
      const { headers } = await rawRequest(port, 'GET', '/s/image.png', [field]);
      expect([field, headers['etag']]).toEqual([field, whole.headers['etag']]);
    }
  });

  test('is strong behind middleware that only adds fields', async () => {
    const { headers } = await withGzip(await start(load('response-time-2.3')()), '/s/page.html');
    expect(headers['etag']).toMatch(/^"/);
  });
});

test('behind middleware that may change the content, Repr-Digest is sent only if it stays as it is', async () => {
  const port = await start(load('compression')(), { digest: true });
  const names = async (path: string): Promise<boolean> =>
    Object.hasOwn((await withGzip(port, path)).headers, 'repr-digest');
  expect([await names('/s/page.html'), await names('/s/image.png')]).toEqual([false, true]);
});

test('in Koa, the ETag is weak behind middleware that replaces write', async () => {
  const shared = new SharedDataMiddleware(null, { '/s': folder });
  const koa = new Koa();
  koa.use(async ({ req, res }, next) => {
    await new Promise((resolve) => {
      load('compression')()(req as Request, res as Response, resolve);
    });
    await next();
  });
  const respond = koa.use(koaMiddleware(shared)).callback();
  const { port } = await serve((req, res) => void respond(req, res));
  expect((await withGzip(port, '/s/page.html')).headers['etag']).toMatch(/^W\/"/);
});
