import connect from 'connect';
import express, { type Request as ExpressRequest } from 'express';
import express4 from 'express-4';
import Koa from 'koa';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ReadableStreamDefaultReader } from 'node:stream/web';
import polka from 'polka';
import { SharedDataMiddleware, type NextFunction, type OpenedFile } from '../../../src/index';
import { fetchHandler } from '../../../src/adapters/fetch';
import { koaMiddleware } from '../../../src/adapters/koa';
import { folderWith } from '../../support/files';
import { eventually, openDescriptors } from '../../support/process';
import { serve } from '../../support/server';

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

describe.each(Object.entries(mounts))('mounted in %s, the middleware', (_name, mount) => {
  const describeRequest = (req: IncomingMessage): unknown => {
    const { url, originalUrl, baseUrl } = req as ExpressRequest;
    return { url, originalUrl, baseUrl };
  };

  async function start(): Promise<{ origin: string; requests: unknown[] }> {
    const requests: unknown[] = [];
    const before: Handler = (req, _res, next) => {
      requests.push(describeRequest(req));
      next();
    };
    const behind: Handler = (req, res) => {
      requests.push(describeRequest(req));
      res.writeHead(404).end('behind');
    };
    return { origin: (await serve(mount(before, shared.middleware, behind))).origin, requests };
  }

  test.each([
    ['/m/n/s/a.txt', 'content'],
    ['/m/n/missing', 'behind'],
  ])('matches prefixes against the path below the mount: %s', async (path, text) => {
    const { origin } = await start();
    expect(await (await fetch(origin + path)).text()).toBe(text);
  });

  test.each(['/m/n/s/missing?a=1', '/m/n/%70rivate', '/m/n/s//a.txt'])(
    'passes the request unchanged to next after a miss: %s',
    async (path) => {
      const { origin, requests } = await start();
      expect((await fetch(origin + path)).status).toBe(404);
      expect(requests).toHaveLength(2);
      expect(requests[1]).toEqual(requests[0]);
    },
  );

  test.each(['/m/n/docs', '/m/n/s/docs'])(
    'redirects %s to a URL at which relative links work',
    async (path) => {
      const { origin } = await start();
      const response = await fetch(`${origin}${path}?a=1`);
      expect([response.redirected, response.url]).toEqual([true, `${origin}${path}/?a=1`]);
      expect(await (await fetch(new URL('b.txt', response.url))).text()).toBe('beside');
    },
  );

  // Frameworks set `url` to `/` for the mount point with or without its slash. Only `originalUrl` differs.
  test('redirects the mount point to its trailing slash', async () => {
    const index = new SharedDataMiddleware(null, { '/': `${folder}/docs` }, { index: 'index.html' });
    const { origin } = await serve(mount(index.middleware));
    expect((await fetch(`${origin}/m/n`)).url).toBe(`${origin}/m/n/`);
  });
});

test('in Koa, the middleware matches a rewritten context.url and leaves it unchanged', async () => {
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

describe('with fetchHandler', () => {
  /** A file whose stream counts the bytes read, and fails after `failsAfter` bytes. */
  function countingFile(failsAfter = Infinity): { open: () => OpenedFile; read: number; closed: number } {
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

  test('a paused reader stops the reading of the file', async () => {
    const file = countingFile();
    const reader = await readerOf(file.open);
    await reader.read();
    // A stream without backpressure would be read to its end within these iterations.
    for (let iteration = 0; iteration < (10 * LARGE) / CHUNK; iteration++) await new Promise(setImmediate);
    expect(file.read).toBeLessThan(4 * 1024 * 1024);
    await reader.cancel();
  });

  async function expectClosed(
    disconnect: (reader: Reader, abort: AbortController) => unknown,
  ): Promise<void> {
    const [before, abort] = [openDescriptors(), new AbortController()];
    const reader = await readerOf(large, abort.signal);
    await reader.read();
    try {
      expect(openDescriptors()).toBeGreaterThan(before);
      await disconnect(reader, abort);
      await eventually(() => {
        expect(openDescriptors()).toBeLessThanOrEqual(before);
      });
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  }

  test('cancelling the reader closes the file', async () => {
    await expectClosed((reader) => reader.cancel());
  });

  // Aborting a Request does not cancel the body of its Response. The adapter listens to the signal.
  test('aborting the request closes the file', async () => {
    await expectClosed((_reader, abort) => {
      abort.abort();
    });
  });

  test('an error during the response rejects the reader and closes the file', async () => {
    const file = countingFile(1_000_000);
    const reader = await readerOf(file.open);
    const readToEnd = async (): Promise<void> => {
      while (!(await reader.read()).done);
    };
    await expect(readToEnd()).rejects.toThrow('the disk is gone');
    await eventually(() => {
      expect(file.closed).toBe(1);
    });
  });
});
