import Fastify, { type FastifyInstance } from 'fastify';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fastifyPlugin, type FastifyPluginOptions } from 'shared-data-middleware/fastify';

const shared = new SharedDataMiddleware(null, { '/files': '.' });
const options: FastifyPluginOptions = { shared };

export const app: FastifyInstance = Fastify();
void app.register(fastifyPlugin, options);
void app.register(async (child) => {
  await child.register(fastifyPlugin, { shared });
});

/** Never called: each line is a mistake that the compiler finds. */
export function mistakes(): void {
  // @ts-expect-error nothing to serve
  void app.register(fastifyPlugin);
  // @ts-expect-error what is served is called `shared`
  void app.register(fastifyPlugin, { middleware: shared });
  // @ts-expect-error a folder is for the constructor
  void app.register(fastifyPlugin, { shared: 'public' });
}
