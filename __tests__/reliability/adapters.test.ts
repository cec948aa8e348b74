import express from 'express';
import { fastify } from 'fastify';
import { once } from 'node:events';
import { linkSync, truncateSync, utimesSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import Koa from 'koa';
import { fastifyPlugin } from '../../src/adapters/fastify';
import { fetchHandler } from '../../src/adapters/fetch';
import { koaMiddleware } from '../../src/adapters/koa';
import { SharedDataMiddleware, type App, type Loader, type Opener } from '../../src/index';
import { folderWith } from '../support/files';
import { collectGarbage } from '../support/garbage';
import { eventually, openDescriptors } from '../support/process';
import { rawRequest } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const OLD_MTIME = new Date(1e12);
const folder = folderWith({ 'large.bin': '', 'tiny.txt': 'tiny text' }, OLD_MTIME);
truncateSync(join(folder, 'large.bin'), 30_000_000);

/** A file whose `close` fails, as on a mount that is gone. */
const failsToClose: Loader = () => {
  const content = Buffer.from('content');
  const read = (start: number, end: number): Buffer => content.subarray(start, end + 1);
  const close = (): Promise<void> => Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }));
  return ['a.txt', () => ({ mtime: new Date(0), size: content.length, read, close })];
};

/** Decides after a while, as a look-up of a session does. */
class Slow extends SharedDataMiddleware {
  override async isAllowed(): Promise<boolean> {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return true;
  }
}

/** An error as of the file system. Its message contains a path. */
function failure(): Promise<never> {
  const error = new Error("EIO: i/o error, read '/srv/secret'");
  return Promise.reject(Object.assign(error, { code: 'EIO', syscall: 'read' }));
}

/** A mistake in JavaScript: `opener` is asynchronous, and returns a promise instead of a function. */
class AsyncOpener extends SharedDataMiddleware {
  override opener(): Opener {
    return failure() as unknown as Opener;
  }
}

/** A mistake in JavaScript: the second element is a promise instead of a function. */
const returnsPromise = (() => ['a.txt', failure()]) as unknown as Loader;

/** Loaders and middleware whose file cannot be opened. */
const UNOPENABLE: readonly (readonly [name: string, loader: Loader])[] = [
  ['an opener that rejects', () => ['a.txt', failure]],
  ['an opener that rejects for an encoding', () => ['a.txt', () => ({ ...EMPTY }), failure]],
  ['a promise instead of an opener', returnsPromise],
  ['an asynchronous method opener', new AsyncOpener(null, {}).getDirectoryLoader(folder)],
];

const EMPTY = { mtime: new Date(0), size: 0, read: (): Buffer => Buffer.alloc(0) };

const targets = { '/s': folder, '/fails': failsToClose };
const shared = new SharedDataMiddleware(null, targets);

async function listen(app: App): Promise<number> {
  const server = createServer((req, res) => void app(req, res)).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const servers: { close(): unknown }[] = [];
const failures: unknown[] = [];
const onFailure = (error: unknown): void => void failures.push(error);

beforeAll(() => {
  process.on('unhandledRejection', onFailure);
  process.on('uncaughtException', onFailure);
});

afterEach(() => {
  expect(failures.splice(0)).toEqual([]);
});

afterAll(() => {
  process.off('unhandledRejection', onFailure);
  process.off('uncaughtException', onFailure);
  for (const server of servers) server.close();
});

const FRONT_ENDS: Readonly<Record<string, (shared: SharedDataMiddleware) => Promise<number>>> = {
  listener: (shared) => listen(shared.listener),
  Koa: (shared) => listen(Object.assign(new Koa().use(koaMiddleware(shared)), { silent: true }).callback()),
  Fastify: async (shared) => {
    const app = fastify();
    await app.register(fastifyPlugin, { shared });
    await app.listen({ port: 0, host: '127.0.0.1' });
    servers.push(app);
    return (app.server.address() as AddressInfo).port;
  },
};

describe.each(Object.entries(FRONT_ENDS))('%s', (_name, start) => {
  test('closes the files of pipelined requests whose client disconnects', async () => {
    const port = await start(shared);
    await rawRequest(port, 'GET', '/s/tiny.txt');
    // Each request opens a file of its own that was changed a moment ago. Others share one that is open.
    utimesSync(join(folder, 'large.bin'), OLD_MTIME, OLD_MTIME);
    collectGarbage();
    const before = openDescriptors();
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET /s/large.bin HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(300));
    await eventually(() => {
      expect(openDescriptors()).toBeGreaterThan(before + 10);
    });
    socket.destroy();
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    }, 10);
  });

  test('closes the file if a header field is invalid, and responds 500', async () => {
    class Invalid extends SharedDataMiddleware {
      override setHeaders(headers: Headers): void {
        headers.set('Content-Disposition', 'attachment; filename="\u0001"');
      }
    }
    const port = await start(new Invalid(null, targets));
    const before = openDescriptors();
    for (let count = 0; count < 5; count++) {
      expect((await rawRequest(port, 'GET', '/s/large.bin')).status).toBe(500);
    }
    await eventually(() => {
      collectGarbage();
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    });
  });

  test('survives an error of close, and sends the response', async () => {
    const { status, body } = await rawRequest(await start(shared), 'GET', '/fails');
    expect([status, body.toString()]).toEqual([200, 'content']);
    await new Promise(setImmediate);
  });

  test.each(UNOPENABLE)('survives %s, and responds 500 without a path', async (_what, loader) => {
    const unopenable = new SharedDataMiddleware(null, { '/s': loader }, { precompressed: true });
    const { status, body } = await rawRequest(await start(unopenable), 'GET', '/s/tiny.txt', [
      ['Accept-Encoding', 'gzip'],
    ]);
    expect([status, body.includes('srv')]).toEqual([500, false]);
    await new Promise(setImmediate);
  });
});

test.each<[string, (late: SharedDataMiddleware) => App]>([
  [
    'listener',
    (late) => (req, res) => {
      late.listener(req, res);
      setTimeout(() => res.writeHead(503).end('timeout'), 2);
    },
  ],
  [
    'Express',
    (late) =>
      express()
        .use((_req, res, next) => {
          setTimeout(() => res.status(503).end('timeout'), 2);
          next();
        })
        .use(late.middleware),
  ],
  [
    'Koa',
    (late) => {
      const koa = Object.assign(new Koa(), { silent: true });
      koa.use(async (context, next) => {
        await Promise.race([next(), new Promise((resolve) => setTimeout(resolve, 2))]);
        context.status = 503;
        context.body = 'timeout';
      });
      return koa.use(koaMiddleware(late)).callback();
    },
  ],
])('%s closes the file if other code has responded in the meantime', async (_name, create) => {
  const port = await listen(create(new Slow(null, targets)));
  const before = openDescriptors();
  for (let count = 0; count < 5; count++) {
    const { status, body } = await rawRequest(port, 'GET', '/s/large.bin');
    expect([status, body.toString()]).toEqual([503, expect.stringContaining('timeout')]);
  }
  await eventually(() => {
    collectGarbage();
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });
});

describe('the fetch adapter', () => {
  test('closes the file if a header field is invalid, and responds 500 without fields of the file', async () => {
    const handle = fetchHandler(
      new SharedDataMiddleware(null, targets, { cacheControl: () => 'max-age=60, \u2026' }),
    );
    const before = openDescriptors();
    const front = new Headers({ 'X-Front': 'yes' });
    const response = await handle(new Request('http://localhost/s/large.bin'), front);
    expect([response?.status, [...(response?.headers.keys() ?? [])]]).toEqual([
      500,
      ['cache-control', 'content-length', 'content-type', 'x-content-type-options', 'x-front'],
    ]);
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    });
  });

  test.each([
    ['a large file', '/s/large.bin', undefined],
    ['several ranges of a small file', '/s/tiny.txt', 'bytes=0-0,5-5'],
  ])('closes %s if the request is aborted before it responds', async (_what, target, range) => {
    const handle = fetchHandler(new Slow(null, targets));
    const before = openDescriptors();
    const abort = new AbortController();
    const headers: Record<string, string> = range === undefined ? {} : { range };
    const responding = handle(new Request(`http://localhost${target}`, { headers, signal: abort.signal }));
    abort.abort();
    await responding;
    await eventually(() => {
      expect(openDescriptors()).toBe(before);
    });
  });

  test('closes the file if the request is aborted while it is sent', async () => {
    const before = openDescriptors();
    const abort = new AbortController();
    const request = new Request('http://localhost/s/large.bin', { signal: abort.signal });
    const response = await fetchHandler(shared)(request);
    const reader = response?.body?.getReader();
    await reader?.read();
    abort.abort();
    await expect(
      (async () => {
        while ((await reader?.read())?.done === false);
      })(),
    ).rejects.toThrow();
    await eventually(() => {
      expect(openDescriptors()).toBe(before);
    });
  });

  test('accepts a request without a signal', async () => {
    const request = { method: 'GET', url: 'http://localhost/s/large.bin', headers: new Headers() };
    const response = await fetchHandler(shared)(request as unknown as Request);
    expect(response?.status).toBe(200);
    await response?.body?.cancel();
  });

  test('closes the files of responses that are dropped without being read', async () => {
    const handle = fetchHandler(shared);
    collectGarbage();
    const before = openDescriptors();
    // Responses for one file share its descriptor.
    for (let count = 0; count < 20; count++)
      linkSync(join(folder, 'large.bin'), join(folder, `${count}.bin`));
    await (async () => {
      for (let count = 0; count < 20; count++) await handle(new Request(`http://localhost/s/${count}.bin`));
    })();
    expect(openDescriptors()).toBeGreaterThan(before + 10);
    await eventually(() => {
      collectGarbage();
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    }, 10);
  });

  test('survives an error of close, and responds', async () => {
    const response = await fetchHandler(shared)(new Request('http://localhost/fails'));
    expect(await response?.text()).toBe('content');
    await new Promise(setImmediate);
  });
});
