import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  type onSendAsyncHookHandler,
} from 'fastify';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { fastifyPlugin } from '../../../src/adapters/fastify';
import { SharedDataMiddleware, type Answer, type Loader, type SharedRequest } from '../../../src/index';
import { folderWith } from '../../support/files';
import { rawRequest, type RawAnswer } from '../../support/server';

const folder = folderWith({
  'app.js': 'file',
  'a b.txt': 'space',
  'docs/index.html': 'docs',
  'large.txt': 'x'.repeat(300_000),
});
const other = folderWith({ 'app.js': 'other', 'only.txt': 'only here' });
const shared = new SharedDataMiddleware(null, { '/s': folder }, { index: 'index.html' });
const atRoot = new SharedDataMiddleware(null, { '/': folder }, { index: 'index.html' });

const instances: FastifyInstance[] = [];

function create(options: FastifyServerOptions = {}): FastifyInstance {
  const web = fastify(options);
  instances.push(web);
  return web;
}

afterEach(async () => {
  for (const web of instances.splice(0)) await web.close();
});

async function request(
  web: FastifyInstance,
  target: string,
  method = 'GET',
  headers: readonly (readonly [string, string])[] = [],
): Promise<RawAnswer> {
  if (!web.server.listening) await web.listen({ port: 0, host: '127.0.0.1' });
  return rawRequest((web.server.address() as AddressInfo).port, method, target, headers);
}

async function responseTo(web: FastifyInstance, target: string, method?: string): Promise<string> {
  const { status, body } = await request(web, target, method);
  return `${status} ${body.toString()}`;
}

const refuse = async (_request: FastifyRequest, reply: FastifyReply): Promise<unknown> =>
  reply.code(401).send('refused');

describe('a guard', () => {
  const opened: string[] = [];
  const observed: Loader = (path) => {
    opened.push(String(path));
    return null;
  };
  beforeEach(() => opened.splice(0));

  describe.each(['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const)('in %s', (hook) => {
    test.each(['before', 'after'])('that is registered %s the plugin guards files', async (when) => {
      const web = create();
      const guard = (): unknown => web.addHook(hook as 'onRequest', refuse);
      if (when === 'before') guard();
      await web.register(fastifyPlugin, {
        shared: new SharedDataMiddleware(null, { '/s': observed, '/': folder }),
      });
      if (when === 'after') guard();
      for (const method of ['GET', 'HEAD']) {
        expect((await request(web, '/s/app.js', method)).status).toBe(401);
      }
      expect(opened).toEqual([]);
    });

    test('of a parent instance guards files', async () => {
      const web = create();
      web.addHook(hook as 'onRequest', refuse);
      await web.register((below) => below.register(fastifyPlugin, { shared }), { prefix: '/m' });
      expect(await responseTo(web, '/m/s/app.js')).toBe('401 refused');
    });
  });

  // fastify-static issues 81, 121 and 212: only files are guarded, or only everything else.
  test('of an instance without a prefix guards its files and nothing else', async () => {
    const web = create();
    await web.register(async (below) => {
      below.addHook('preHandler', refuse);
      await below.register(fastifyPlugin, {
        shared: new SharedDataMiddleware(null, { '/private': folder }),
      });
    });
    await web.register(fastifyPlugin, { shared: atRoot });
    web.get('/route', () => 'route');
    expect(await responseTo(web, '/private/app.js')).toBe('401 refused');
    expect(await responseTo(web, '/%70rivate/app.js')).toBe('401 refused');
    expect(await responseTo(web, '/app.js')).toBe('200 file');
    expect(await responseTo(web, '/route')).toBe('200 route');
    expect((await request(web, '/missing')).status).toBe(404);
  });

  test('of an instance with routes does not apply to the files of another instance', async () => {
    const web = create();
    await web.register((below, _options, done) => {
      below.addHook('onRequest', refuse);
      below.get('/hello', () => 'world');
      done();
    });
    await web.register((below) => below.register(fastifyPlugin, { shared }));
    expect(await responseTo(web, '/hello')).toBe('401 refused');
    expect(await responseTo(web, '/s/app.js')).toBe('200 file');
  });

  test('that an onRoute hook adds guards files, as rate limits do', async () => {
    const web = create();
    let requests = 0;
    web.addHook('onRoute', (route) => {
      route.onRequest = async (_request: FastifyRequest, reply: FastifyReply) => {
        if (++requests > 2) return reply.code(429).send('slow down');
        return undefined;
      };
    });
    await web.register(fastifyPlugin, { shared });
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await request(web, '/s/app.js')).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('hooks after the response', () => {
  const compress: onSendAsyncHookHandler = async (_request, reply, payload) => {
    if (!(payload instanceof Readable) && !Buffer.isBuffer(payload)) return payload;
    reply.header('Content-Encoding', 'gzip').removeHeader('Content-Length');
    return Readable.from(payload instanceof Readable ? payload : [payload]).pipe(createGzip());
  };

  test.each([
    ['/s/app.js', 'file'],
    ['/s/large.txt', 'x'.repeat(300_000)],
  ])('onSend can compress %s', async (target, text) => {
    const web = create();
    await web.register(fastifyPlugin, { shared });
    web.addHook('onSend', compress);
    const response = await fetch((await web.listen({ port: 0, host: '127.0.0.1' })) + target);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe(text);
  });

  test('onResponse sees the status of a file', async () => {
    const web = create();
    const seen = new Promise((resolve) => {
      web.addHook('onResponse', async (_request, reply) => {
        resolve(reply.statusCode);
      });
    });
    await web.register(fastifyPlugin, { shared });
    await request(web, '/s/app.js');
    expect(await seen).toBe(200);
  });
});

describe('routes of the application', () => {
  test.each(['before', 'after'])('that are registered %s the plugin win over files', async (when) => {
    const web = create();
    const addRoutes = (): unknown =>
      web
        .get('/app.js', () => 'route')
        .get('/', () => 'home')
        .get('/docs/:name', () => 'parameter');
    if (when === 'before') addRoutes();
    await web.register(fastifyPlugin, { shared: atRoot });
    if (when === 'after') addRoutes();
    expect(await responseTo(web, '/app.js')).toBe('200 route');
    expect(await responseTo(web, '/')).toBe('200 home');
    expect(await responseTo(web, '/docs/index.html')).toBe('200 parameter');
    expect(await responseTo(web, '/large.txt')).toMatch(/^200 x/);
  });

  test('with a wildcard get what no export matches', async () => {
    const web = create();
    await web.register(fastifyPlugin, { shared });
    web.get('/*', () => 'wildcard');
    expect(await responseTo(web, '/s/app.js')).toBe('200 file');
    expect(await responseTo(web, '/other')).toBe('200 wildcard');
  });

  test('win over an export of the same path if they are registered first', async () => {
    const web = create();
    web.get('/s', () => 'route');
    await web.register(fastifyPlugin, { shared });
    expect(await responseTo(web, '/s')).toBe('200 route');
    expect(await responseTo(web, '/s/app.js')).toBe('200 file');
  });

  test('for the same wildcard as an export are an error at the start', async () => {
    const web = create();
    web.get('/s/*', () => 'route');
    await expect(web.register(fastifyPlugin, { shared })).rejects.toThrow(
      /already declared for route '\/s\/\*'/,
    );
  });

  test('for other methods are called', async () => {
    const web = create();
    await web.register(fastifyPlugin, { shared });
    web.post('/s/app.js', () => 'posted');
    expect(await responseTo(web, '/s/app.js', 'POST')).toBe('200 posted');
    expect((await request(web, '/s/large.txt', 'POST')).status).toBe(404);
  });
});

describe('a request that no export responds to', () => {
  test('gets the not-found handler, with its hooks, and never the application of the middleware', async () => {
    const web = create();
    const unused = new SharedDataMiddleware(
      () => {
        throw new Error('must not be called');
      },
      { '/s': folder },
    );
    await web.register(fastifyPlugin, { shared: unused });
    web.setNotFoundHandler(
      {
        preHandler: (_request: FastifyRequest, reply: FastifyReply, done: () => void) => {
          reply.header('X-Hook', 'yes');
          done();
        },
      },
      async ({ url }, reply) => {
        await new Promise(setImmediate);
        return reply.code(404).send(`no ${url}`);
      },
    );
    const { status, headers, body } = await request(web, '/s/missing?a');
    expect([status, headers['x-hook'], body.toString()]).toEqual([404, 'yes', 'no /s/missing?a']);
    expect(await responseTo(web, '/elsewhere')).toBe('404 no /elsewhere');
  });

  test('in an instance with a prefix gets the handler of that instance', async () => {
    const web = create();
    await web.register(
      async (below) => {
        await below.register(fastifyPlugin, { shared });
        below.setNotFoundHandler((_request, reply) => reply.code(404).send('none below'));
      },
      { prefix: '/m' },
    );
    expect(await responseTo(web, '/m/s/missing')).toBe('404 none below');
  });

  // fastify-static issues 144 and 169: several roots below one prefix.
  test('goes to the next plugin of the instance, in the order of registration', async () => {
    const web = create();
    await web.register(fastifyPlugin, { shared });
    await web.register(fastifyPlugin, { shared: new SharedDataMiddleware(null, { '/s': other }) });
    await web.register(fastifyPlugin, { shared: new SharedDataMiddleware(null, { '/': other }) });
    expect(await responseTo(web, '/s/app.js')).toBe('200 file');
    expect(await responseTo(web, '/s/only.txt')).toBe('200 only here');
    expect(await responseTo(web, '/only.txt')).toBe('200 only here');
    expect((await request(web, '/s/missing')).status).toBe(404);
  });
});

describe('mounted at', () => {
  async function serveAt(prefix: string, ...nested: string[]): Promise<FastifyInstance> {
    const web = create();
    const [inner, ...others] = [...nested].reverse();
    let plugin = async (instance: FastifyInstance): Promise<void> => {
      await instance.register(fastifyPlugin, {
        shared: atRoot,
        ...(inner === undefined ? {} : { prefix: inner }),
      });
    };
    for (const one of others) {
      const below = plugin;
      plugin = async (instance) => {
        await instance.register(below, { prefix: one });
      };
    }
    await web.register(plugin, { prefix });
    return web;
  }

  test.each([
    ['the prefix of an instance', ['/m'], '/m'],
    ['a prefix with a slash at its end', ['/m/'], '/m'],
    ['nested prefixes', ['/m', '/n', ''], '/m/n'],
    ['its own option prefix', ['', '/m'], '/m'],
    ['both', ['/m', '/n'], '/m/n'],
    ['a prefix with a parameter', ['/m/:version'], '/m/v1'],
  ])('%s, exports are matched against the path below it', async (_what, prefixes, path) => {
    const [prefix = '', ...nested] = prefixes;
    const web = await serveAt(prefix, ...nested);
    expect(await responseTo(web, `${path}/app.js?a`)).toBe('200 file');
    expect(await responseTo(web, `${path}/a%20b.txt`)).toBe('200 space');
    const { status, headers } = await request(web, `${path}/docs?a`);
    expect([status, headers['location']]).toEqual([308, './docs/?a']);
    expect(await responseTo(web, `${path}/docs/`)).toBe('200 docs');
    expect((await request(web, '/app.js')).status).toBe(404);
  });

  test.each(['//m/app.js', '/m//app.js', '/m/../m/app.js', '/m/%2e/app.js', '/m%2Fapp.js'])(
    'a prefix, %s is not a second path of a file',
    async (target) => {
      const web = create({ routerOptions: { ignoreDuplicateSlashes: true } });
      await web.register((below) => below.register(fastifyPlugin, { shared: atRoot }), { prefix: '/m' });
      expect((await request(web, target)).status).toBe(404);
    },
  );

  test.each([
    ['/%6d/app.js?a', '../m/app.js?a'],
    ['/m/app%2Ejs', './app.js'],
  ])('a prefix, %s is redirected to the one path of the file', async (target, location) => {
    const web = create();
    await web.register((below) => below.register(fastifyPlugin, { shared: atRoot }), { prefix: '/m' });
    const { status, headers } = await request(web, target);
    expect([status, headers['location']]).toEqual([308, location]);
  });

  test('a prefix without its slash, the mount point is redirected if it has an index', async () => {
    const web = create();
    const docs = new SharedDataMiddleware(null, { '/': `${folder}/docs` }, { index: 'index.html' });
    await web.register((below) => below.register(fastifyPlugin, { shared: docs }), { prefix: '/m' });
    const { status, headers } = await request(web, '/m?a');
    expect([status, headers['location']]).toEqual([308, './m/?a']);
    expect(await responseTo(web, '/m/')).toBe('200 docs');
  });

  test('a prefix, a URL that rewriteUrl made is matched, and redirects lead to the original one', async () => {
    const web = create({ rewriteUrl: ({ url = '' }) => url.replace(/^\/outside/, '/s') });
    await web.register(fastifyPlugin, { shared });
    expect(await responseTo(web, '/outside/app.js')).toBe('200 file');
    expect((await request(web, '/outside/docs')).headers['location']).toBe('./docs/');
  });
});

describe('exports', () => {
  test.each(['/a:b', '/a*b', '/50%', '/what?', '/c#', '/two words', '/\u00fc', '/@scope/pkg'])(
    'whose prefix is %s are served',
    async (prefix) => {
      const web = create();
      await web.register(fastifyPlugin, {
        shared: new SharedDataMiddleware(null, { [`/x${prefix}`]: folder }),
      });
      const target = `/x${encodeURI(prefix).replace('?', '%3F').replace('#', '%23')}/app.js`;
      expect(await responseTo(web, target)).toBe('200 file');
      expect((await request(web, '/y/app.js')).status).toBe(404);
    },
  );

  test('that are files respond at their path', async () => {
    const web = create();
    const exports = { '/robots.txt': `${folder}/app.js`, '/never': folder, never: folder };
    await web.register(fastifyPlugin, { shared: new SharedDataMiddleware(null, exports) });
    expect(await responseTo(web, '/robots.txt')).toBe('200 file');
  });

  test('that are added later are served below the paths of the option', async () => {
    const web = create();
    const growing = new SharedDataMiddleware(null, {});
    await web.register(fastifyPlugin, { shared: growing, paths: ['/'] });
    expect((await request(web, '/later/app.js')).status).toBe(404);
    growing.exports.push(...shared.exports);
    expect(await responseTo(web, '/s/app.js')).toBe('200 file');
  });

  test('that an overridden answer adds are served below the paths of the option', async () => {
    class Overridden extends SharedDataMiddleware {
      override answer({ url }: SharedRequest): Answer | null {
        if (url !== '/m/own') return null;
        return { status: 200, headers: ['Content-Length', '3'], body: Buffer.from('own') };
      }
    }
    const web = create();
    await web.register(fastifyPlugin, { shared: new Overridden(null, {}), paths: ['/m'] });
    expect(await responseTo(web, '/m/own')).toBe('200 own');
    expect((await request(web, '/m/other')).status).toBe(404);
  });
});

test('the error handler gets the status of an error and no path', async () => {
  const web = create();
  const denied = new SharedDataMiddleware(null, {
    '/denied': () => {
      throw Object.assign(new Error(`EACCES: permission denied, open '${folder}'`), { code: 'EACCES' });
    },
    '/tea': () => Promise.reject(Object.assign(new Error('out of tea'), { statusCode: 418 })),
  });
  web.setErrorHandler<Error & { statusCode?: number }>(({ statusCode = 500, message }, _request, reply) =>
    reply.code(statusCode).send(`for the handler: ${message}`),
  );
  await web.register(fastifyPlugin, { shared: denied });
  expect(await responseTo(web, '/denied/a')).toBe('403 for the handler: Forbidden');
  expect(await responseTo(web, '/tea/a')).toBe('418 for the handler: out of tea');
});

test('fields that were set on reply.raw are merged', async () => {
  const web = create();
  web.addHook('onRequest', async (_request, { raw }) => {
    raw
      .setHeader('Cache-Control', 'no-store')
      .setHeader('Content-Type', 'text/x-own')
      .setHeader('ETag', '"stale"');
  });
  await web.register(fastifyPlugin, { shared });
  const { headers } = await request(web, '/s/app.js');
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'text/x-own' });
  expect(headers['etag']).not.toBe('"stale"');
  expect(headers).not.toHaveProperty('expires');
});

test('an error of an onSend hook is not sent with the validators and lifetime of the file', async () => {
  const web = create();
  web.addHook('onSend', (_request, _reply, _payload, done) => {
    done(new Error('failed'));
  });
  web.addHook('onRequest', async (_request, reply) => {
    reply.header('X-Front', 'yes');
  });
  await web.register(fastifyPlugin, { shared });
  const { status, headers } = await request(web, '/s/app.js');
  expect([status, headers['cache-control'], headers['x-front']]).toEqual([500, 'no-store', 'yes']);
  for (const name of ['etag', 'expires', 'last-modified', 'accept-ranges']) {
    expect(headers).not.toHaveProperty(name);
  }
});
