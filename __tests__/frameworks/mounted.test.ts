import connect from 'connect';
import express, { type Request as ExpressRequest } from 'express';
import express4 from 'express-4';
import fastify, { type FastifyInstance } from 'fastify';
import Koa from 'koa';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import polka from 'polka';
import { SharedDataMiddleware, type NextFunction, type OpenedFile } from '../../src';
import { fastifyPlugin } from '../../src/adapters/fastify';
import { fetchHandler } from '../../src/adapters/fetch';
import { koaMiddleware } from '../../src/adapters/koa';
import { folderWith } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { serve } from '../support/server';

const LARGE = 50_000_000;
const CHUNK = 64 * 1024;

const folder = folderWith({ 'a.txt': 'content', 'docs/index.html': 'docs', 'docs/b.txt': 'beside' });
const large = folderWith({ 'large.bin': Buffer.alloc(LARGE) });
const shared = new SharedDataMiddleware(null, { '/s': folder, '/': folder }, { index: 'index.html' });

type Handler = (req: IncomingMessage, res: ServerResponse, next: NextFunction) => void;

type Mount = (...handlers: Handler[]) => RequestListener;

function expressLike(make: typeof express): Mount {
  return (...handlers) => make().use('/m/n', ...handlers);
}

/** Applications with these handlers mounted at `/m/n`. */
const mounts: Record<string, Mount> = {
  'Express 5': expressLike(express),
  'Express 4': expressLike(express4),
  'a Router in a Router': (...handlers) =>
    express().use('/m', express.Router().use('/n', express.Router().use('/', ...handlers))),
  Connect: (...handlers) => {
    const web = connect();
    for (const handler of handlers) web.use('/m/n', handler);
    return web;
  },
  Polka: (...handlers) => {
    const web = polka().use('/m', polka().use('/n', ...handlers));
    return (req, res) => {
      web.handler(req as never, res);
    };
  },
};

describe.each(Object.entries(mounts))('mounted in %s', (_name, mount) => {
  const place = (req: IncomingMessage): unknown => {
    const { url, originalUrl, baseUrl } = req as ExpressRequest;
    return { url, originalUrl, baseUrl };
  };

  async function mounted(): Promise<{ origin: string; places: unknown[] }> {
    const places: unknown[] = [];
    const before: Handler = (req, _res, next) => {
      places.push(place(req));
      next();
    };
    const behind: Handler = (req, res) => {
      places.push(place(req));
      res.writeHead(404).end('behind');
    };
    return { origin: (await serve(mount(before, shared.middleware, behind))).origin, places };
  }

  test.each([
    ['/m/n/s/a.txt', 'content'],
    ['/m/n/missing', 'behind'],
  ])('prefixes are held against what is left of %s', async (path, text) => {
    const { origin } = await mounted();
    expect(await (await fetch(origin + path)).text()).toBe(text);
  });

  test.each(['/m/n/s/missing?a=1', '/m/n/%70rivate', '/m/n/s//a.txt'])(
    'after a miss, next finds the request for %s as it was',
    async (path) => {
      const { origin, places } = await mounted();
      expect((await fetch(origin + path)).status).toBe(404);
      expect(places).toHaveLength(2);
      expect(places[1]).toEqual(places[0]);
    },
  );

  test.each(['/m/n/docs', '/m/n/s/docs'])('a client gets from %s to where its links work', async (path) => {
    const { origin } = await mounted();
    const response = await fetch(`${origin}${path}?a=1`);
    expect([response.redirected, response.url]).toEqual([true, `${origin}${path}/?a=1`]);
    expect(await (await fetch(new URL('b.txt', response.url))).text()).toBe('beside');
  });

  // A framework gives `/` for the mount point with its slash and without: only `originalUrl` tells them apart.
  test('a client gets from the mount point itself to its slash', async () => {
    const index = new SharedDataMiddleware(null, { '/': `${folder}/docs` }, { index: 'index.html' });
    const { origin } = await serve(mount(index.middleware));
    expect((await fetch(`${origin}/m/n`)).url).toBe(`${origin}/m/n/`);
  });
});

test('Koa: a URL that was rewritten for a mount is the one that counts, and is left so', async () => {
  const koa = new Koa();
  koa.use(async (context, next) => {
    context.url = context.url.replace(/^\/m/, '');
    await koaMiddleware(shared)(context, next);
  });
  koa.use((context) => {
    context.body = `behind ${context.url}`;
  });
  const respond = koa.callback();
  const { origin } = await serve((req, res) => void respond(req, res));
  expect(await (await fetch(`${origin}/m/s/a.txt`)).text()).toBe('content');
  expect((await fetch(`${origin}/m/docs?a`)).url).toBe(`${origin}/m/docs/?a`);
  expect(await (await fetch(`${origin}/m/missing?a`)).text()).toBe('behind /missing?a');
});

describe('in Fastify', () => {
  let web: FastifyInstance;
  beforeEach(() => (web = fastify()));
  afterEach(() => web.close());

  async function told(path: string): Promise<string> {
    const origin = web.server.listening
      ? web.listeningOrigin
      : await web.listen({ port: 0, host: '127.0.0.1' });
    const response = await fetch(origin + path);
    return `${response.status} ${await response.text()}`;
  }

  test('below a prefix, it serves what the instance answers, and exports are held against the whole path', async () => {
    const whole = new SharedDataMiddleware(null, { '/m/s': folder });
    const register = async (below: FastifyInstance): Promise<void> => {
      await below.register(fastifyPlugin, { shared: whole });
      below.get('/s/missing', () => 'route');
      below.setNotFoundHandler((_request, reply) => reply.code(404).send('none below'));
    };
    await web.register(register, { prefix: '/m' });
    web.get('/s/a.txt', () => 'of another instance');
    expect(await told('/m/s/a.txt')).toBe('200 content');
    expect(await told('/m/s/missing')).toBe('200 route');
    expect(await told('/s/a.txt')).toBe('200 of another instance');
  });

  test('below a prefix without a handler of its own for what is not found, only routes are asked for', async () => {
    await web.register((below) => below.register(fastifyPlugin, { shared }), { prefix: '/s' });
    expect(await told('/s/a.txt')).toMatch(/^404 /);
  });

  test('a route that has nothing for a miss reaches the handler of what is not found', async () => {
    await web.register(fastifyPlugin, { shared });
    web.get('/*', (_request, reply) => {
      reply.callNotFound();
    });
    web.setNotFoundHandler((_request, reply) => reply.code(404).send('nowhere'));
    expect(await told('/s/a.txt')).toBe('200 content');
    expect(await told('/s/missing')).toBe('404 nowhere');
  });

  test('the error handler gets the status of an error, and no path', async () => {
    const denied = new SharedDataMiddleware(null, {
      '/denied': () => {
        throw Object.assign(new Error(`EACCES: permission denied, open '${folder}'`), { code: 'EACCES' });
      },
      '/tea': () => Promise.reject(Object.assign(new Error('out of tea'), { statusCode: 418 })),
    });
    await web.register(fastifyPlugin, { shared: denied });
    web.setErrorHandler<Error & { statusCode?: number }>(({ statusCode = 500, message }, _request, reply) =>
      reply.code(statusCode).send(`for the handler: ${message}`),
    );
    expect(await told('/denied/a')).toBe('403 for the handler: Forbidden');
    expect(await told('/tea/a')).toBe('418 for the handler: out of tea');
  });
});

describe('by fetch', () => {
  /** A file whose stream counts what has been read of it, and fails when asked for more than `failsAfter` bytes. */
  function counting(failsAfter = Infinity): { open: () => OpenedFile; read: number; closed: number } {
    const counts = { read: 0, closed: 0 };
    function* chunks(): Generator<Buffer> {
      for (; counts.read < LARGE; counts.read += CHUNK) {
        if (counts.read >= failsAfter) throw new Error('the disk is gone');
        yield Buffer.alloc(Math.min(CHUNK, LARGE - counts.read));
      }
    }
    const read = (): Readable => Readable.from(chunks(), { objectMode: false });
    const close = (): void => void (counts.closed += 1);
    return Object.assign(counts, { open: () => ({ mtime: new Date(0), size: LARGE, read, close }) });
  }

  type Reader = ReadableStreamDefaultReader<Uint8Array>;

  async function readerOf(open: (() => OpenedFile) | string, signal?: AbortSignal): Promise<Reader> {
    const target = typeof open === 'string' ? open : () => ['large.bin', open] as const;
    const files = fetchHandler(new SharedDataMiddleware(null, { '/f': target }));
    const response = await files(new Request('http://localhost/f/large.bin', { signal: signal ?? null }));
    if (!response?.body) throw new Error('no body');
    return response.body.getReader() as Reader;
  }

  test('a reader that pauses keeps the file from being read on', async () => {
    const file = counting();
    const reader = await readerOf(file.open);
    await reader.read();
    // Turns of the loop in which a stream without back-pressure would be read to its end.
    for (let turn = 0; turn < (10 * LARGE) / CHUNK; turn++) await new Promise(setImmediate);
    expect(file.read).toBeLessThan(4 * 1024 * 1024);
    await reader.cancel();
  });

  async function expectClosed(leave: (reader: Reader, abort: AbortController) => unknown): Promise<void> {
    const [before, abort] = [openDescriptors(), new AbortController()];
    const reader = await readerOf(large, abort.signal);
    await reader.read();
    try {
      expect(openDescriptors()).toBeGreaterThan(before);
      await leave(reader, abort);
      await eventually(() => {
        expect(openDescriptors()).toBeLessThanOrEqual(before);
      });
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  test('a reader that cancels closes the file', async () => {
    await expectClosed((reader) => reader.cancel());
  });

  // The signal of a request is not listened to: only a body that is cancelled is closed.
  test('a request that is aborted closes the file', async () => {
    await expectClosed((_reader, abort) => {
      abort.abort();
    });
  });

  test('an error half-way rejects the reader, and closes the file', async () => {
    const file = counting(1_000_000);
    const reader = await readerOf(file.open);
    const readOn = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    await expect(readOn()).rejects.toThrow('the disk is gone');
    await eventually(() => {
      expect(file.closed).toBe(1);
    });
  });
});
