// CommonJS in TypeScript with `import = require`.
import root = require('shared-data-middleware');
import koa = require('shared-data-middleware/koa');
import fastify = require('shared-data-middleware/fastify');
import fetching = require('shared-data-middleware/fetch');

const shared: root.SharedDataMiddleware = new root.SharedDataMiddleware(null, { '/files': '.' });
const options: fastify.FastifyPluginOptions = { shared };

/** One value of each entry point. */
const all: [root.App, koa.KoaMiddleware, typeof fastify.fastifyPlugin, fetching.FetchHandler] = [
  root.NotFound,
  koa.koaMiddleware(options.shared),
  fastify.fastifyPlugin,
  fetching.fetchHandler(shared),
];

/** Never called. The compiler must report each line. */
function mistakes(): void {
  // @ts-expect-error there is no default export
  new root.default(null, {});
  // @ts-expect-error the module is not a class
  new root(null, {});
}

export = { all, mistakes };
