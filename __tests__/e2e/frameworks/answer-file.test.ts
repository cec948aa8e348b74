import { serve as serveHono } from '@hono/node-server';
import connect from 'connect';
import express from 'express';
import express4 from 'express-4';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import polka from 'polka';
import { sendAnswer as replyWith } from '../../../src/adapters/fastify';
import { fileResponse } from '../../../src/adapters/fetch';
import { sendAnswer } from '../../../src/adapters/koa';
import { SharedDataMiddleware, type FileOptions } from '../../../src/index';
import { folderWith } from '../../support/files';
import { eventually, openDescriptors } from '../../support/process';
import { certificate } from '../../support/tls';
import { sendRequest, type ClientResponse, type RequestOptions } from './support/client';

const root = folderWith(
  { 'a.txt': 'content', 'a.txt.gz': 'gz', 'empty.txt': '', 'large.bin': Buffer.alloc(3_000_000, 'x') },
  new Date(1.7e12),
);
const shared = new SharedDataMiddleware(null, {}, { precompressed: true });

/** The file that a handler sends for a target: its name, and the options in the query. */
function fileFor(url: string): [filename: string, options: FileOptions] {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const options = Object.fromEntries(searchParams);
  const { status = '200', ...others } = options;
  return [pathname.slice(1), { root, ...others, status: Number(status), headers: { 'X-Mine': 'yes' } }];
}

type Server = ReturnType<typeof createServer> | ReturnType<typeof createSecureServer>;

/** Sends the file with Node, and 404 as a handler of the application's own. */
function sendWithNode(req: IncomingMessage, res: ServerResponse): Promise<void> {
  return shared.sendFile(req, res, ...fileFor(req.url ?? '')).catch((error: unknown) => {
    res.statusCode = (error as { status: number }).status;
    res.end('handled');
  });
}

function expressLike(make: typeof express): RequestListener {
  const web = make();
  web.use((_req, res, next) => {
    res.setHeader('X-Front', 'yes');
    next();
  });
  web.get(/./, (req, res, next) => {
    shared.sendFile(req, res, ...fileFor(req.url)).catch(next);
  });
  web.use((error: { status: number }, _req: unknown, res: express.Response, _next: unknown) => {
    res.status(error.status).send('handled');
  });
  return web;
}

const frontEnds: Record<string, () => Server | Promise<Server>> = {
  'node:http': () =>
    createServer((req, res) => {
      res.setHeader('X-Front', 'yes');
      void sendWithNode(req, res);
    }),
  'node:http2': () =>
    createSecureServer(certificate, (req, res) => {
      res.setHeader('X-Front', 'yes');
      void sendWithNode(req as unknown as IncomingMessage, res as unknown as ServerResponse);
    }),
  'Express 5': () => createServer(expressLike(express)),
  'Express 4': () => createServer(expressLike(express4)),
  Connect: () =>
    createServer(
      connect().use((req, res) => {
        res.setHeader('X-Front', 'yes');
        void sendWithNode(req, res);
      }),
    ),
  Polka: () => {
    const web = polka().use((req, res) => {
      res.setHeader('X-Front', 'yes');
      void sendWithNode(req, res);
    });
    return createServer((req, res) => {
      web.handler(req as never, res);
    });
  },
  Koa: () => {
    const koa = new Koa().use(async (context) => {
      context.set('X-Front', 'yes');
      const answer = await shared.answerFile(context.req, ...fileFor(context.url));
      if (answer !== null) sendAnswer(answer, context);
      else {
        context.status = 404;
        context.body = 'handled';
      }
    });
    const respond = koa.callback();
    return createServer((req, res) => void respond(req, res));
  },
  Fastify: async () => {
    const web = fastify();
    web.get('/*', async (request, reply) => {
      reply.header('X-Front', 'yes');
      const answer = await shared.answerFile(request.raw, ...fileFor(request.url));
      if (answer !== null) return replyWith(answer, reply);
      reply.callNotFound();
      return reply;
    });
    web.setNotFoundHandler((_request, reply) => reply.code(404).send('handled'));
    await web.listen({ port: 0, host: '127.0.0.1' });
    return web.server;
  },
  'Hono, with the Fetch API': () => {
    const web = new Hono();
    web.use(async (context, next) => {
      context.header('X-Front', 'yes');
      await next();
    });
    web.get('*', async (context) => {
      const response = await fileResponse(
        shared,
        context.req.raw,
        ...fileFor(context.req.url),
        context.res.headers,
      );
      return response ?? context.text('handled', 404);
    });
    return new Promise((resolve) => {
      const server = serveHono({ fetch: web.fetch, port: 0, hostname: '127.0.0.1' }, () => {
        resolve(server as Server);
      });
    });
  },
};

describe.each(Object.entries(frontEnds))('a file that a handler sends with %s', (name, start) => {
  const protocol = name === 'node:http2' ? 'h2' : 'http';
  let server: Server;

  beforeAll(async () => {
    server = await start();
    if (!server.listening)
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', () => {
          resolve();
        });
      });
  });

  afterAll(() => {
    server.close();
  });

  function get(target: string, options?: RequestOptions): Promise<ClientResponse> {
    return sendRequest(protocol, (server.address() as AddressInfo).port, target, options);
  }

  test('has its fields, those of the call and those set in front', async () => {
    const { status, headers, body } = await get('/a.txt');
    expect([status, body.toString()]).toEqual([200, 'content']);
    expect(headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'content-length': '7',
      'cache-control': 'max-age=43200, private',
      'x-mine': 'yes',
      'x-front': 'yes',
    });
  });

  test('is sent in full, in part, encoded, not at all or as an error page', async () => {
    const large = await get('/large.bin');
    expect([large.isComplete, large.body.length]).toEqual([true, 3_000_000]);
    const part = await get('/large.bin', { headers: { range: 'bytes=1000000-2999999' } });
    expect([part.status, part.body.length]).toEqual([206, 2_000_000]);
    const encoded = await get('/a.txt', { headers: { 'accept-encoding': 'gzip' } });
    expect([encoded.headers['content-encoding'], encoded.body.toString()]).toEqual(['gzip', 'gz']);
    const head = await get('/a.txt', { method: 'HEAD' });
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '7', 0]);
    const empty = await get('/empty.txt');
    expect([empty.status, empty.headers['content-length']]).toEqual([200, '0']);
    const current = await get('/a.txt', { headers: { 'if-none-match': '*' } });
    expect([current.status, current.body.length]).toEqual([304, 0]);
    const page = await get('/a.txt?status=404', { headers: { 'if-none-match': '*' } });
    expect([page.status, page.headers['cache-control'], page.body.toString()]).toEqual([
      404,
      'no-store',
      'content',
    ]);
  });

  test('is saved under its name or another one', async () => {
    const { headers } = await get(`/a.txt?download=${encodeURIComponent('日本.txt')}`);
    expect(headers['content-disposition']).toBe(
      `attachment; filename="??.txt"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.txt`,
    );
  });

  test('leaves a missing one to the application, without its fields', async () => {
    const { status, headers, body } = await get('/missing.txt');
    expect([status, body.toString(), headers['x-mine']]).toEqual([404, 'handled', undefined]);
  });

  test('is closed when the client disconnects', async () => {
    await get('/large.bin');
    const before = openDescriptors();
    for (let round = 0; round < 3; round++) await get('/large.bin', { abortAfter: 1 });
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(before);
    });
  });
});

test('fileResponse rejects for a wrong option; an error of the file system is a response', async () => {
  const request = new Request('http://localhost/');
  await expect(fileResponse(shared, request, 'a.txt', { root: '' })).rejects.toThrow("option 'root'");
  const denying = new SharedDataMiddleware(null, {}, { dotfiles: 'deny' });
  expect((await fileResponse(denying, request, '.env', { root }))?.status).toBe(403);
});

test('sendAnswer of Koa closes an answer if another middleware has responded', async () => {
  const closed: string[] = [];
  const koa = new Koa().use((context) => {
    context.respond = false;
    context.res.end('first');
    sendAnswer({ status: 200, headers: [], body: null, close: () => void closed.push('closed') }, context);
  });
  const server = koa.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { body } = await sendRequest('http', (server.address() as AddressInfo).port, '/');
  server.close();
  expect([body.toString(), closed]).toEqual(['first', ['closed']]);
});
