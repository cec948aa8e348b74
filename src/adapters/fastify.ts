/**
 * The adapter for Fastify.
 *
 * @module shared-data-middleware/fastify
 */
import type { FastifyPluginCallback } from 'fastify';
import { Readable } from 'node:stream';
import { fieldPairs } from '../http/header-fields';
import type { SharedDataMiddleware } from '../middleware';
import type { Answer } from '../types';
import { closeAfterResponse, frameworkAnswer, toBuffer } from './answer';

/** The options of {@link fastifyPlugin}. */
export interface FastifyPluginOptions {
  /** What to serve. */
  shared: SharedDataMiddleware;
}

/**
 * A plugin for Fastify 4 and 5. It responds from the exports, and leaves every other request to the routes or
 * to the not-found handler. It applies to the instance that it is registered with and to all below it. Errors
 * go to the error handler, with a `statusCode`.
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
    const answer = await frameworkAnswer(shared, raw, reply.statusCode);
    if (answer === null) return;
    reply.code(answer.status);
    for (const [name, value] of fieldPairs(answer.headers)) reply.header(name, value);
    closeAfterResponse(answer, reply.raw);
    return reply.send(fastifyBody(answer.body));
  });
  done();
};

/** Fastify would send null as JSON. */
function fastifyBody(body: Answer['body']): Buffer | Readable | undefined {
  if (body === null || body instanceof Readable) return body ?? undefined;
  return toBuffer(body);
}

// The hook is for the routes of the instance that the plugin is registered with, so it needs no context of
// its own.
Object.assign(fastifyPlugin, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'shared-data-middleware',
});
