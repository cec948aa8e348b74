// Runs under Node for Windows. Starts a server for each entry of a JSON file, and prints their ports as JSON. An
// entry whose exports are refused gets the message of the error. It runs until it is killed.
import { serve as serveHono } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fastifyPlugin } from 'shared-data-middleware/fastify';
import { fetchHandler } from 'shared-data-middleware/fetch';
import { koaMiddleware } from 'shared-data-middleware/koa';

const loopback = { port: 0, host: '127.0.0.1' };

function app(req, res) {
  res.writeHead(404, { 'X-App': '1', 'Content-Length': '4' });
  res.end('APP\n');
}

function certificatePart(name) {
  return readFileSync(new URL(`../../../support/tls/${name}.pem`, import.meta.url));
}

class WithoutMaps extends SharedDataMiddleware {
  isAllowed(filename, { path }) {
    return !/\.map$|^clé/.test(filename) && !path.startsWith('secret');
  }
}

async function listen(server) {
  server.listen(loopback);
  await once(server, 'listening');
  return server.address().port;
}

const frontEnds = {
  'node:http': (shared) => listen(createServer(shared.listener)),
  'node:http2': (shared) => {
    const certificate = { key: certificatePart('key'), cert: certificatePart('cert') };
    return listen(createSecureServer(certificate, shared.listener));
  },
  'Express 5': (shared) => listen(createServer(express().use(shared.middleware).use(app))),
  Koa: (shared) => {
    const koa = new Koa();
    koa.use(koaMiddleware(shared));
    koa.use((context) => Object.assign(context, { status: 404, body: 'APP\n' }));
    return listen(createServer(koa.callback()));
  },
  Fastify: async (shared) => {
    const web = fastify();
    await web.register(fastifyPlugin, { shared });
    web.setNotFoundHandler((_request, reply) => reply.code(404).send('APP\n'));
    await web.listen(loopback);
    return web.server.address().port;
  },
  'Hono, with fetchHandler': (shared) => {
    const files = fetchHandler(shared);
    const web = new Hono();
    web.use(async (context, next) => (await files(context.req.raw)) ?? next());
    web.notFound((context) => context.text('APP\n', 404));
    return new Promise((resolve) => {
      serveHono({ fetch: web.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => resolve(port));
    });
  },
};

async function start({ frontEnd, exports, options = {}, withoutMaps = false }) {
  const Middleware = withoutMaps ? WithoutMaps : SharedDataMiddleware;
  const { immutable } = options;
  if (immutable !== undefined) options.immutable = new RegExp(immutable);
  return frontEnds[frontEnd](new Middleware(app, exports, options));
}

const started = [];
for (const entry of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  started.push(await start(entry).catch(({ message }) => message));
}
console.log(JSON.stringify(started));
