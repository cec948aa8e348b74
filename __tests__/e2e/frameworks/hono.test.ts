import { serve } from '@hono/node-server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Hono, type MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { fetchHandler } from '../../../src/adapters/fetch';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith } from '../../support/files';

const folder = folderWith({ 'a.js': 'as it is', 'a.js.gz': 'gz', 'large.bin': Buffer.alloc(2_000_000) });
const files = fetchHandler(new SharedDataMiddleware(null, { '/s': folder }, { precompressed: true }));

/** The recipe of docs/frameworks.md. */
const serveFiles: MiddlewareHandler = async (context, next) =>
  (await files(context.req.raw, context.res.headers)) ?? next();

const servers: ReturnType<typeof serve>[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Send = (app: Hono, path: string, init?: RequestInit) => Promise<Response>;

const senders: Record<string, Send> = {
  '@hono/node-server': async (app, path, init) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
    servers.push(server);
    await once(server, 'listening');
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, init);
  },
  'app.request': async (app, path, init) => app.request(path, init),
};

describe.each(Object.entries(senders))('with %s', (_name, send) => {
  test('fields that c.header has set stay on files', async () => {
    const app = new Hono();
    app.use(async (context, next) => {
      context.header('Cache-Control', 'private, no-store');
      context.header('Vary', 'Cookie');
      context.header('Set-Cookie', 'a=1', { append: true });
      context.header('Set-Cookie', 'b=2', { append: true });
      context.header('ETag', '"stale"');
      await next();
    });
    app.use(serveFiles);
    for (const path of ['/s/a.js', '/s/large.bin']) {
      const { status, headers } = await send(app, path);
      expect([status, headers.get('cache-control'), headers.get('expires')]).toEqual([
        200,
        'private, no-store',
        null,
      ]);
      expect(headers.get('vary')).toBe('Cookie, Accept-Encoding');
      expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
      expect(headers.get('etag')).not.toBe('"stale"');
    }
  });

  test('hono/cors keeps its fields and the Vary of files', async () => {
    const app = new Hono();
    app.use(cors({ origin: ['https://a.example'], credentials: true }));
    app.use(async (context, next) => {
      context.header('Cache-Control', 'private, no-store');
      await next();
    });
    app.use(serveFiles);
    const { headers } = await send(app, '/s/a.js', { headers: { Origin: 'https://a.example' } });
    expect(headers.get('access-control-allow-origin')).toBe('https://a.example');
    expect(headers.get('vary')?.split(', ').sort()).toEqual(['Accept-Encoding', 'Origin']);
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(headers.has('expires')).toBe(false);
  });

  test('fields in front stay on the responses of other handlers', async () => {
    const app = new Hono();
    app.use(async (context, next) => {
      context.header('X-Front', 'yes');
      await next();
    });
    app.use(serveFiles);
    app.get('/other', (context) => context.json({ other: true }));
    const response = await send(app, '/other');
    expect(response.headers.get('x-front')).toBe('yes');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toEqual({ other: true });
    expect((await send(app, '/s/missing')).status).toBe(404);
  });
});

test('fetchHandler without fields in front responds as with none', async () => {
  const response = await files(new Request('http://localhost/s/a.js'));
  expect(response?.headers.get('vary')).toBe('Accept-Encoding');
  expect(response?.headers.has('expires')).toBe(true);
});

test('fetchHandler leaves the fields in front unchanged if no export responds', async () => {
  const front = new Headers({ ETag: '"a"' });
  expect(await files(new Request('http://localhost/other'), front)).toBeNull();
  expect([...front]).toEqual([['etag', '"a"']]);
});

// Bun passes its server, and Deno information about the connection, as the second argument.
test('fetchHandler with a second argument that is no Headers rejects with a TypeError that names it', async () => {
  const info = { remoteAddr: {} } as unknown as Headers;
  await expect(files(new Request('http://localhost/s/a.js'), info)).rejects.toThrow(
    new TypeError('expected the fields in front as Headers or undefined, got { remoteAddr: {} }'),
  );
});
