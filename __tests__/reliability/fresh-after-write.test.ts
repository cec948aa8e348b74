import express from 'express';
import { fastify } from 'fastify';
import Koa from 'koa';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { fastifyPlugin } from '../../src/adapters/fastify';
import { fetchHandler } from '../../src/adapters/fetch';
import { koaMiddleware } from '../../src/adapters/koa';
import { SharedDataMiddleware, type Loader } from '../../src/index';
import { folderWith } from '../support/files';
import { rawExchange, serve } from '../support/server';

const folder = folderWith({ 'a.txt': '' });
const file = join(folder, 'a.txt');
const targets = { '/s': folder };

const closers: (() => unknown)[] = [];

beforeEach(() => {
  writeFileSync(file, 'first');
  // Moves the clock past the racy window of the file, so that its content is kept in memory.
  const now = Date.now() + 10_000;
  jest.spyOn(Date, 'now').mockReturnValue(now);
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const close of closers.splice(0)) await close();
});

/** An application whose POST writes the file before it responds. */
function writer(req: IncomingMessage, res: ServerResponse): void {
  if (req.method === 'POST') writeFileSync(file, 'second');
  res.end('written');
}

/** Where the application gets a POST: behind the middleware, or in front of it. */
const FRONT_ENDS: Record<string, () => Promise<number>> = {
  'listener, with the application behind it': async () =>
    (await serve(new SharedDataMiddleware(writer, targets).listener)).port,
  'listener, with a handler in front of it': async () => {
    const { listener } = new SharedDataMiddleware(null, targets);
    return (
      await serve((req, res) => {
        if (req.method === 'POST') writer(req, res);
        else listener(req, res);
      })
    ).port;
  },
  'middleware of Express, with a route behind it': async () =>
    (await serve(express().use(new SharedDataMiddleware(null, targets).middleware).post('/s/a.txt', writer)))
      .port,
  'middleware of Express, with a route in front of it': async () =>
    (await serve(express().post('/s/a.txt', writer).use(new SharedDataMiddleware(null, targets).middleware)))
      .port,
  'Koa, with a middleware in front': async () => {
    const koa = new Koa().use((context, next) => {
      if (context.method !== 'POST') return next();
      writeFileSync(file, 'second');
      context.body = 'written';
      return undefined;
    });
    koa.use(koaMiddleware(new SharedDataMiddleware(null, targets)));
    const server = koa.listen(0, '127.0.0.1');
    closers.push(() => server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
  'Fastify, with a hook in front': async () => {
    const web = fastify();
    web.addHook('onRequest', (request, reply, done) => {
      if (request.method !== 'POST') {
        done();
        return;
      }
      writeFileSync(file, 'second');
      void reply.send('written');
    });
    await web.register(fastifyPlugin, { shared: new SharedDataMiddleware(null, targets) });
    closers.push(() => web.close());
    await web.listen({ port: 0, host: '127.0.0.1' });
    return (web.server.address() as AddressInfo).port;
  },
  'fetch, with a handler in front of it': async () => {
    const files = fetchHandler(new SharedDataMiddleware(null, targets));
    const respond = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
      const response = await files(new Request(`http://localhost${req.url ?? ''}`));
      res.end(await response?.text());
    };
    return (
      await serve((req, res) => {
        if (req.method === 'POST') writer(req, res);
        else void respond(req, res);
      })
    ).port;
  },
};

function requestFor(method: string, fields = ''): string {
  return `${method} /s/a.txt HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`;
}

const LAST = requestFor('GET', 'Connection: close\r\n');

describe.each(Object.entries(FRONT_ENDS))('%s', (_name, start) => {
  test('a GET that is pipelined behind a POST gets the file that the POST wrote', async () => {
    const port = await start();
    await rawExchange(port, Buffer.from(LAST));
    const requests = requestFor('GET') + requestFor('POST', 'Content-Length: 0\r\n') + LAST;
    const text = (await rawExchange(port, Buffer.from(requests))).toString();
    expect(text).toMatch(/\r\n\r\nfirst[^]*\r\n\r\n(?:7\r\n)?written[^]*\r\n\r\nsecond$/);
  });
});

test('a GET on another connection gets the file that an application has written in the same turn', async () => {
  const { listener } = new SharedDataMiddleware(writer, targets);
  const turns: number[] = [];
  let turn = 0;
  const { port, server } = await serve((req, res) => {
    if (turns.length === 0) setImmediate(() => (turn += 1));
    turns.push(turn);
    listener(req, res);
  });
  await rawExchange(port, Buffer.from(LAST));
  turns.length = 0;
  const sockets: Socket[] = [];
  while (sockets.length < 3) {
    const accepted = once(server, 'connection');
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    await Promise.all([accepted, once(socket, 'connect')]);
  }
  const responses = sockets.map(async (socket) => String((await once(socket, 'data'))[0]));
  // All requests wait in the kernel until this turn ends.
  for (const [index, socket] of sockets.entries()) {
    socket.write(index === 1 ? requestFor('POST', 'Content-Length: 0\r\n') : requestFor('GET'));
  }
  const [first, , last] = await Promise.all(responses);
  for (const socket of sockets) socket.destroy();
  expect([first, last]).toEqual([expect.stringMatching(/first$/), expect.stringMatching(/second$/)]);
  expect(new Set(turns).size).toBe(1);
});

test('a loader that creates a missing file finds it in the same request', async () => {
  class Generates extends SharedDataMiddleware {
    override getDirectoryLoader(directory: string): Loader {
      const load = super.getDirectoryLoader(directory);
      return (path, request) => {
        const found = load(path, request);
        if (found !== null) return found;
        writeFileSync(join(directory, path ?? ''), 'generated');
        return load(path, request);
      };
    }
  }
  const { port } = await serve(new Generates(null, targets).listener);
  const request = LAST.replace('a.txt', 'b.txt');
  expect((await rawExchange(port, Buffer.from(request))).toString()).toMatch(/generated$/);
});
