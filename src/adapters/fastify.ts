/**
 * Fastify.
 *
 * @module shared-data-middleware/fastify
 */
import type { FastifyPluginCallback } from 'fastify';
import { Readable, finished } from 'node:stream';
import { fieldPairs, type Answer } from '../http/answer';
import type { SharedDataMiddleware } from '../shared-data';
import { bufferOf, guardedAnswer } from './guarded-answer';

/** What {@link fastifyPlugin} is registered with. */
export interface FastifyPluginOptions {
  /** What is served. */
  shared: SharedDataMiddleware;
}

/**
 * A plugin of Fastify 4 and 5 that answers from the exports and leaves every other request to the routes, or to the
 * handler of what is not found. It works for the instance that it is registered with and all below it. Errors go to the error
 * handler, with a `statusCode`.
 *
 * @example
 * ```js
 * const { fastify } = require('fastify');
 * const { SharedDataMiddleware } = require('shared-data-middleware');
 * const { fastifyPlugin } = require('shared-data-middleware/fastify');
 * const shared = new SharedDataMiddleware(null, { '/static': 'public' });
 * fastify().register(fastifyPlugin, { shared }).listen({ port: 8000 });
 * ```
 */
export const fastifyPlugin: FastifyPluginCallback<FastifyPluginOptions> = (fastify, { shared }, done) => {
  fastify.addHook('onRequest', async ({ raw }, reply) => {
    const answer = await guardedAnswer(shared, raw);
    if (answer === null) return;
    reply.code(answer.status);
    for (const [name, value] of fieldPairs(answer.headers)) reply.header(name, value);
    if (answer.close !== undefined) finished(reply.raw, () => void answer.close?.());
    return reply.send(bodyFor(answer.body));
  });
  done();
};

/** Fastify takes null for an object to be sent as JSON. */
function bodyFor(body: Answer['body']): Buffer | Readable | undefined {
  if (body === null || body instanceof Readable) return body ?? undefined;
  return bufferOf(body);
}

// Not a plugin of its own context: the hook is for the routes of the instance that it is registered with.
Object.assign(fastifyPlugin, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'shared-data-middleware',
});
