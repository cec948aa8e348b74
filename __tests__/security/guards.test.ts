import connect from 'connect';
import express from 'express';
import express4 from 'express-4';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { serve as serveHono } from '@hono/node-server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { fastifyPlugin } from '../../src/adapters/fastify';
import { fetchHandler } from '../../src/adapters/fetch';
import { koaMiddleware } from '../../src/adapters/koa';
import { SharedDataMiddleware } from '../../src/index';
import { folderWith } from '../support/files';
import { rawRequest, serve } from '../support/server';

const SECRET = 'what the guard protects';

/** Directories that a guard protects by their names as they stand in a target. */
const NAMES = Array.from("@+();=,&'!$:*~-._pP7").map((character) => `${character}admin`);
const ESCAPED_NAMES = ['ä', '☃', '<', '{', '^', '|', '?'].map((character) => `${character}admin`);
const PATHS = [...NAMES, ...ESCAPED_NAMES.map(encodeURIComponent)].map((name) => `/${name}`);

const folder = folderWith(
  Object.fromEntries([...NAMES, ...ESCAPED_NAMES].map((name) => [`in/${name}/key.txt`, SECRET])),
);
const shared = new SharedDataMiddleware(null, { '/in': `${folder}/in` });

function isProtected(target: string): boolean {
  return PATHS.some((path) => target.startsWith(`/in${path}/`));
}

/** A guard in front that compares the raw target, in each framework. */
const guards: Record<string, () => Promise<number>> = {
  'Express 5': () => guardedBy(express()),
  'Express 4': () => guardedBy(express4()),
  Connect: () => guardedBy(connect()),
  Koa: async () => {
    const koa = new Koa();
    koa.use(async (context, next) => {
      if (isProtected(context.url)) context.status = 403;
      else await next();
    });
    const respond = koa.use(koaMiddleware(shared)).callback();
    return (await serve((req, res) => void respond(req, res))).port;
  },
  Fastify: async () => {
    const web = fastify();
    stops.push(() => web.close());
    web.addHook('onRequest', async (request, reply) => {
      if (isProtected(request.url)) await reply.code(403).send();
    });
    await web.register(fastifyPlugin, { shared });
    await web.listen({ port: 0, host: '127.0.0.1' });
    return (web.server.address() as AddressInfo).port;
  },
  Hono: async () => {
    const files = fetchHandler(shared);
    const web = new Hono().use(async (context, next) => {
      if (isProtected(new URL(context.req.url).pathname)) return context.text('', 403);
      return (await files(context.req.raw)) ?? next();
    });
    const server = serveHono({ fetch: web.fetch, port: 0, hostname: '127.0.0.1' });
    stops.push(() => server.close());
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  },
};

async function guardedBy(web: connect.Server | express.Express): Promise<number> {
  const use = web.use.bind(web) as connect.Server['use'];
  use((req, res, next) => {
    if (isProtected(req.url ?? '')) res.writeHead(403).end();
    else next();
  });
  use(shared.middleware);
  return (await serve(web as connect.Server)).port;
}

const stops: (() => unknown)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

/** Other forms of a target: escaped as a whole or in part, in lower case, unescaped, in absolute form. */
function otherForms(path: string): string[] {
  const plain = decodeURIComponent(path.slice(1));
  const escapeAll = (text: string): string =>
    Buffer.from(text).toString('hex').toUpperCase().replace(/../g, '%$&');
  const [first = '', ...rest] = plain;
  const forms = [
    `/${escapeAll(plain)}`,
    `/${escapeAll(first)}${rest.join('')}`,
    `/${encodeURIComponent(first)}${escapeAll(rest.join(''))}`,
    `/${plain}`,
  ];
  const all = forms.flatMap((form) => [form, form.replace(/%../g, (escape) => escape.toLowerCase())]);
  const targets = all.filter((form) => /^[!-~]*$/.test(form) && !form.includes('?'));
  return [...targets.map((form) => `/in${form}/key.txt`), `http://localhost/in${path}/key.txt`];
}

describe.each(Object.entries(guards))('a guard in %s that compares targets as they are', (_name, start) => {
  let port: number;
  beforeEach(async () => (port = await start()));

  test.each(PATHS)('is not passed by another form of %s', async (path) => {
    expect((await rawRequest(port, 'GET', `/in${path}/key.txt`)).status).toBe(403);
    for (const target of otherForms(path)) {
      const { status, headers, body } = await rawRequest(port, 'GET', target);
      expect([target, body.toString().includes(SECRET)]).toEqual([target, false]);
      if (status !== 308) continue;
      const next = new URL(headers['location'] ?? '', `http://localhost${target}`);
      expect((await rawRequest(port, 'GET', next.pathname)).status).toBe(403);
    }
  });
});

describe('a guard below a mount path', () => {
  test.each([
    ['a mounted guard', (web: express.Express) => web.use('/files/in/@admin', forbid)],
    ['a route', (web: express.Express) => web.all('/files/in/@admin/*', forbid)],
  ])('in Express 4 is not passed by an empty segment behind the mount path: %s', async (_what, guard) => {
    const web = express4();
    guard(web);
    const { port } = await serve(web.use('/files', shared.middleware));
    expect((await rawRequest(port, 'GET', '/files/in/@admin/key.txt')).status).toBe(403);
    for (const target of [
      '/files//in/@admin/key.txt',
      '//files/in/@admin/key.txt',
      '/files/./in/@admin/key.txt',
    ]) {
      const { status, body } = await rawRequest(port, 'GET', target);
      expect([target, status === 200, body.includes(SECRET)]).toEqual([target, false, false]);
    }
  });

  test('in Fastify is not passed by a semicolon, where it ends the path for the router', async () => {
    const web = fastify({ useSemicolonDelimiter: true });
    stops.push(() => web.close());
    web.addHook('onRequest', async (request, reply) => {
      if (request.url.startsWith('/api/in')) await reply.code(403).send();
    });
    await web.register(fastifyPlugin, { shared, prefix: '/api' });
    await web.register(fastifyPlugin, {
      shared: new SharedDataMiddleware(null, { '/': folder }),
      prefix: '/api',
    });
    await web.listen({ port: 0, host: '127.0.0.1' });
    const { port } = web.server.address() as AddressInfo;
    expect((await rawRequest(port, 'GET', '/api/in/@admin/key.txt')).status).toBe(403);
    expect((await rawRequest(port, 'GET', '/api;/in/@admin/key.txt')).status).toBe(404);
  });
});

function forbid(_req: express.Request, res: express.Response): void {
  res.status(403).end();
}
