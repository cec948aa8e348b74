// TypeScript as CommonJS, in its own syntax.
import root = require('shared-data-middleware');
import koa = require('shared-data-middleware/koa');
import fastify = require('shared-data-middleware/fastify');
import fetching = require('shared-data-middleware/fetch');

const shared: root.SharedDataMiddleware = new root.SharedDataMiddleware(null, { '/files': '.' });
const options: fastify.FastifyPluginOptions = { shared };

/** One of each. */
const all: [root.App, koa.KoaMiddleware, typeof fastify.fastifyPlugin, fetching.FetchHandler] = [
  root.NotFound,
  koa.koaMiddleware(options.shared),
  fastify.fastifyPlugin,
  fetching.fetchHandler(shared),
];

/** Never called: each line is a mistake that the compiler finds. */
function mistakes(): void {
  // @ts-expect-error there is no default export
  new root.default(null, {});
  // @ts-expect-error the module is no class
  new root(null, {});
}

export = { all, mistakes };
