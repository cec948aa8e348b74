import connect from 'connect';
import express from 'express';
import express4 from 'express-4';
import { fastify } from 'fastify';
import Koa from 'koa';
import { createServer, type RequestListener } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { fastifyPlugin } from '../../../src/adapters/fastify';
import { koaMiddleware } from '../../../src/adapters/koa';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith } from '../../support/files';
import { certificate } from '../../support/tls';
import { sendRequest, type ClientResponse, type RequestOptions } from './support/client';

const OLD_MTIME = new Date(1.7e12);
const LATER = new Date(OLD_MTIME.getTime() + 1000).toUTCString();

const folder = folderWith(
  { 'a.txt': 'content', 'a.txt.gz': 'gz', 'large.bin': Buffer.alloc(3_000_000), 'docs/index.html': 'docs' },
  OLD_MTIME,
);
class WithHeaders extends SharedDataMiddleware {
  override setHeaders(headers: Headers): void {
    headers.set('X-Mine', 'yes');
  }
}
const shared = new WithHeaders(null, { '/': folder }, { index: 'index.html', precompressed: true });

interface ListeningServer {
  address(): unknown;
  close(): unknown;
}

function listen<T extends ReturnType<typeof createServer> | ReturnType<typeof createSecureServer>>(
  server: T,
): Promise<T> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

interface FrontEnd {
  readonly protocol: 'http' | 'h2';
  /** Starts a server that sets a status in front of the middleware, or none. */
  readonly start: (status: number | undefined) => Promise<ListeningServer>;
}

function connectLike(make: () => RequestListener & Pick<connect.Server, 'use'>): FrontEnd {
  return {
    protocol: 'http',
    start: (status) => {
      const web = make();
      web.use((_req, res, next) => {
        if (status !== undefined) res.statusCode = status;
        res.setHeader('Cache-Control', 'private');
        next();
      });
      web.use(shared.middleware);
      return listen(createServer(web));
    },
  };
}

const frontEnds: Record<string, FrontEnd> = {
  listener: {
    protocol: 'http',
    start: (status) =>
      listen(
        createServer((req, res) => {
          if (status !== undefined) res.statusCode = status;
          res.setHeader('Cache-Control', 'private');
          shared.listener(req, res);
        }),
      ),
  },
  'listener, over HTTP/2': {
    protocol: 'h2',
    start: (status) =>
      listen(
        createSecureServer(certificate, (req, res) => {
          if (status !== undefined) res.statusCode = status;
          res.setHeader('Cache-Control', 'private');
          shared.listener(req, res);
        }),
      ),
  },
  'Express 5': connectLike(express as never),
  'Express 4': connectLike(express4 as never),
  Connect: connectLike(connect),
  Koa: {
    protocol: 'http',
    start: (status) => {
      const koa = new Koa();
      koa.use(async (context, next) => {
        if (status !== undefined) context.status = status;
        context.set('Cache-Control', 'private');
        await next();
      });
      const respond = koa.use(koaMiddleware(shared)).callback();
      return listen(createServer((req, res) => void respond(req, res)));
    },
  },
  Fastify: {
    protocol: 'http',
    start: async (status) => {
      const web = fastify();
      web.addHook('onRequest', async (_request, reply) => {
        if (status !== undefined) reply.code(status);
        reply.header('Cache-Control', 'private');
        await Promise.resolve();
      });
      await web.register(fastifyPlugin, { shared });
      await web.listen({ port: 0, host: '127.0.0.1' });
      return { address: () => web.server.address(), close: () => web.close() };
    },
  },
};

describe.each(Object.entries(frontEnds))('a status set in front of the %s', (_name, { protocol, start }) => {
  let server: ListeningServer | undefined;
  afterEach(() => server?.close());

  async function get(
    status: number | undefined,
    path: string,
    options: RequestOptions = {},
  ): Promise<ClientResponse> {
    server = await start(status);
    return sendRequest(protocol, (server.address() as AddressInfo).port, path, options);
  }

  test.each([201, 203, 400, 401, 404, 410, 500, 503])('is kept for a whole file: %d', async (status) => {
    const response = await get(status, '/a.txt');
    expect([response.status, response.body.toString()]).toEqual([status, 'content']);
    expect(response.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '7',
      'x-mine': 'yes',
    });
  });

  test('is kept for a large file', async () => {
    const { status, body, isComplete } = await get(404, '/large.bin');
    expect([status, body.length, isComplete]).toEqual([404, 3_000_000, true]);
  });

  test('is kept for a stored encoding', async () => {
    const { status, body, headers } = await get(404, '/a.txt', { headers: { 'Accept-Encoding': 'gzip' } });
    expect([status, body.toString(), headers['content-encoding']]).toEqual([404, 'gz', 'gzip']);
  });

  test('is kept for HEAD', async () => {
    const { status, body, headers } = await get(404, '/a.txt', { method: 'HEAD' });
    expect([status, body.length, headers['content-length']]).toEqual([404, 0, '7']);
  });

  test.each([
    ['If-None-Match', '*'],
    ['If-Modified-Since', LATER],
    ['If-Match', '"another"'],
    ['If-Unmodified-Since', new Date(0).toUTCString()],
    ['Range', 'bytes=0-1'],
    ['Range', 'bytes=0-0,3-3'],
    ['Range', 'bytes=99-'],
  ])('is that of a whole file, also with %s: %s', async (name, value) => {
    const { status, body } = await get(404, '/a.txt', { headers: { [name]: value } });
    expect([status, body.toString()]).toEqual([404, 'content']);
  });

  test.each([undefined, 200, 204, 205, 206, 304])(
    'is replaced if it has no whole content: %p',
    async (status) => {
      const whole = await get(status, '/a.txt');
      expect([whole.status, whole.body.toString()]).toEqual([200, 'content']);
      server?.close();
      expect((await get(status, '/a.txt', { headers: { 'If-None-Match': '*' } })).status).toBe(304);
      server?.close();
      expect((await get(status, '/a.txt', { headers: { Range: 'bytes=0-1' } })).status).toBe(206);
    },
  );

  test('is replaced by that of a redirect', async () => {
    const { status, headers } = await get(404, '/docs');
    expect([status, headers.location]).toEqual([308, './docs/']);
  });
});

describe.each(Object.entries(frontEnds).filter(([name]) => !/Koa|Fastify/.test(name)))(
  'in front of the %s',
  (_name, { protocol, start }) => {
    test('a Cache-Control that was set with the status is kept', async () => {
      const server = await start(404);
      const { headers } = await sendRequest(protocol, (server.address() as AddressInfo).port, '/a.txt');
      expect([headers['cache-control'], headers.expires]).toEqual(['private', undefined]);
      server.close();
    });
  },
);
