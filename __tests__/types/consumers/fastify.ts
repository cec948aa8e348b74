import Fastify, { type FastifyInstance } from 'fastify';
import { SharedDataMiddleware } from 'shared-data-middleware';
import { fastifyPlugin, type FastifyPluginOptions } from 'shared-data-middleware/fastify';

const shared = new SharedDataMiddleware(null, { '/files': '.' });
const options: FastifyPluginOptions = { shared };

export const app: FastifyInstance = Fastify();
void app.register(fastifyPlugin, options);
void app.register(
  async (child) => {
    await child.register(fastifyPlugin, { shared });
  },
  { prefix: '/child' },
);

/** Never called. The compiler must report each line. */
export function mistakes(): void {
  // @ts-expect-error the option `shared` is required
  void app.register(fastifyPlugin);
  // @ts-expect-error the option is called `shared`
  void app.register(fastifyPlugin, { middleware: shared });
  // @ts-expect-error `shared` is a SharedDataMiddleware, not a directory
  void app.register(fastifyPlugin, { shared: 'public' });
}
