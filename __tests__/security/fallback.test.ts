import express from 'express';
import express4 from 'express-4';
import { fastify } from 'fastify';
import fc from 'fast-check';
import Koa from 'koa';
import { symlinkSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { posix } from 'node:path';
import { fastifyPlugin } from '../../src/adapters/fastify';
import { koaMiddleware } from '../../src/adapters/koa';
import { SharedDataMiddleware } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const SECRET = 'what no route may lead to';
const PUBLIC = 'the public page';

const parent = folderWith({
  'index.html': SECRET,
  'public/index.html': PUBLIC,
  'public/.git/index.html': SECRET,
  'public/.index.html': SECRET,
  'public/denied/index.html': SECRET,
  'admin/index.html': SECRET,
});
const exported = { '/admin': join(parent, 'admin'), '/': join(parent, 'public') };
const navigate = [['Sec-Fetch-Mode', 'navigate']] as const;

/** Targets that some program may take for one below `/admin`. */
const HOSTILE = [
  '/admin',
  '/admin/',
  '/admin/x',
  '/admin/x%2Fy',
  '/admin//x',
  '/%61dmin/x',
  '/%61dmin',
  '/%61dmin/x%2Fy',
  '/admin%2Fx',
  '/admin%2fx/y',
  '/admin%5Cx',
  '/admin\\x',
  '//admin/x',
  '/./admin/x',
  '/%2e/admin/x',
  '/x/../admin/y',
  '/x/%2e%2e/admin/y',
  '/x/..%2Fadmin/y',
  '/x%2F../admin/y',
  '/x%2F..%2Fadmin%2Fy',
  '/admin/../x',
  '/admin/%2E%2e/x',
  '/admin/..%2Fx',
  '/admin/..%5Cx',
  '/admin/..\\x',
  '/admin/x%2F../../y',
  '/admin/x%2Fy/../..',
  '/admin//../x',
  '/admin/.//../x',
  '/admin;a=b/x',
  '/admin%00/x',
  '/admin%/x',
  '/%2561dmin/x',
  'http://localhost/admin/x',
  'http://localhost//admin/x',
];

/** Ways in which code in front reads the path of a target. */
const readings: Record<string, (target: string) => string> = {
  'without decoding it': (target) => target,
  'as a URL': (target) => new URL(target, 'http://localhost').pathname,
  'decoded, as Express reads a URL': (target) => decoded(new URL(target, 'http://localhost').pathname),
  'decoded, then without dot segments': (target) =>
    posix.normalize(decoded(target.replace(/^http:\/\/localhost/, '')).replaceAll('\\', '/')),
};

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

type Isolate = (shared: SharedDataMiddleware, isRefused: (target: string) => boolean) => Promise<Server>;

function listening(listener: RequestListener): Promise<Server> {
  return serve(listener).then(({ server }) => server);
}

function expressLike(make: typeof express): Isolate {
  return (shared, isRefused) => {
    const web = make();
    web.use((req, res, next) => {
      if (isRefused(req.url)) res.sendStatus(403);
      else next();
    });
    web.use(shared.middleware);
    return listening(web);
  };
}

/** Front ends with a guard in front. */
const guarded: Record<string, Isolate> = {
  'Express 5': expressLike(express),
  'Express 4': expressLike(express4),
  Koa: (shared, isRefused) => {
    const koa = new Koa();
    koa.use(async (context, next) => {
      if (isRefused(context.url)) context.status = 403;
      else await next();
    });
    koa.use(koaMiddleware(shared));
    const respond = koa.callback();
    return listening((req, res) => void respond(req, res));
  },
  Fastify: async (shared, isRefused) => {
    const web = fastify({ forceCloseConnections: true });
    web.addHook('onRequest', async (request, reply) => {
      if (isRefused(request.url)) return reply.code(403).send();
      return undefined;
    });
    await web.register(fastifyPlugin, { shared });
    await web.listen({ port: 0, host: '127.0.0.1' });
    fastifyServers.push(() => web.close());
    return web.server;
  },
};

const fastifyServers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of fastifyServers.splice(0)) await close();
});

describe.each(Object.keys(readings))('a guard on /admin that reads the target %s', (reading) => {
  const isRefused = (target: string): boolean =>
    /^(?:http:\/\/localhost)?\/admin(?![^/?])/.test(readings[reading]?.(target) ?? target);

  test.each(Object.entries(guarded))('is not passed in %s', async (_name, start) => {
    const shared = new SharedDataMiddleware(app, exported, { fallback: 'index.html' });
    const { port } = (await start(shared, isRefused)).address() as AddressInfo;
    for (const target of HOSTILE) {
      const { body } = await rawRequest(port, 'GET', target, navigate);
      expect([target, body.toString()]).not.toEqual([target, SECRET]);
    }
  });
});

test('a guard on a mount path is not passed by a target with another form of it', async () => {
  const web = express4();
  web.use('/files/admin', (_req, res) => res.sendStatus(403));
  web.use('/files/', new SharedDataMiddleware(null, exported, { fallback: 'index.html' }).middleware);
  const { port } = await serve(web);
  const page = await rawRequest(port, 'GET', '/files/user/1%2F2', navigate);
  expect(page.body.toString()).toBe(PUBLIC);
  for (const target of [...HOSTILE.filter((one) => one.startsWith('/')), '//admin/x', '/%2e%2e/admin/x']) {
    const { body } = await rawRequest(port, 'GET', `/files${target}`, navigate);
    expect([target, body.toString()]).not.toEqual([target, SECRET]);
  }
});

describe('without a guard', () => {
  let server: Server;
  let port: number;
  beforeAll(async () => {
    symlinkSync(join(parent, 'admin'), join(parent, 'public', 'link'));
    const shared = new SharedDataMiddleware(
      app,
      { '/app': join(parent, 'public') },
      { fallback: 'index.html', disallow: 'denied/', symlinks: 'inside', dotfiles: 'deny' },
    );
    server = createServer(shared.listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  async function outcome(target: string): Promise<string> {
    const { status, body } = await rawRequest(port, 'GET', target, navigate);
    return `${status} ${body.toString()}`;
  }

  test.each([
    '/app/..%2Findex.html',
    '/app/%2e%2e%2Findex.html',
    '/app/%2e%2e/index.html',
    '/app/..%5cindex.html',
    '/app/../index.html',
    '/app/..\\index.html',
  ])('%s, which leaves the export, gets nothing', async (target) => {
    expect(await outcome(target)).toBe('404 APP\n');
  });

  test.each([
    '/app/denied/index.html',
    '/app/denied%2Findex.html',
    '/app/link/index.html',
    '/app/.git%2Findex.html',
    '/app/%2Egit%2Findex.html',
    '/app/x/../.git/index.html',
    '/app/.index.html%00',
    '/app/index.html%00.js',
    '/app/index.html/',
  ])('%s gets the page and no other file', async (target) => {
    expect(await outcome(target)).toBe(`200 ${PUBLIC}`);
  });

  test.each(['/app/.git/index.html', '/app/.index.html', '/app/%2Eindex.html'])(
    'the dotfile %s is denied and gets no page',
    async (target) => {
      expect(await outcome(target)).toBe('403 Forbidden\n');
    },
  );

  test('no target gets the content of another file', async () => {
    const segment = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('app', '..', '.', '', '.git', 'denied', 'link', 'index.html') },
      fc.constantFrom('%2e%2e', '..%2F..', '%2Fapp', '%', '%00', '%ff', '@a.b', '\\', '..\\', '%5C..'),
      fc.webSegment(),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 6 }), async (segments) => {
        const target = `/app/${segments.join('/')}`;
        expect(['404 APP\n', '403 Forbidden\n', `200 ${PUBLIC}`]).toContain(await outcome(target));
      }),
      { numRuns: 80 },
    );
  });
});
