/**
 * The adapter for Fastify.
 *
 * @module shared-data-middleware/fastify
 */
import type {
  FastifyError,
  FastifyInstance,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  RouteHandlerMethod,
} from 'fastify';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FieldsInFront } from '../http/header-fields';
import type { SharedDataMiddleware } from '../middleware';
import type { Answer, SharedRequest } from '../types';
import { closeAfterResponse, fieldsToSet, frameworkAnswer, toBuffer } from './answer';

/** The options of {@link fastifyPlugin}. */
export interface FastifyPluginOptions {
  /** What to serve. */
  shared: SharedDataMiddleware;
  /**
   * The path that the exports are mounted at, below the prefix of the instance.
   *
   * @default '' the prefix of the instance itself
   */
  prefix?: string;
  /**
   * The paths below `prefix` that get a route, with all paths below them. Routes cannot be added to a running
   * server: exports that are added later need `['/']` here, and so does a subclass that overrides `answer`.
   *
   * @default the prefixes of the exports when the plugin is registered
   */
  paths?: readonly string[];
}

/**
 * A plugin for Fastify 4 and 5. It responds from the exports in routes for GET and HEAD, one for each export and
 * one for everything below it. A request that no export responds to goes to the not-found handler, and an error
 * to the error handler, with a `statusCode`. The application of the middleware is not used.
 *
 * The routes belong to the instance that the plugin is registered with: its hooks apply to files, also those
 * that are registered later. Exports are matched against the path below the prefix of the instance. Of several
 * plugins with the same instance and prefix, the first that has a file responds. The application's own routes
 * take precedence if they are more specific, or the same as the path of an export and registered earlier.
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
export const fastifyPlugin: FastifyPluginCallback<FastifyPluginOptions> = (fastify, options, done) => {
  try {
    addExports(fastify, options);
    done();
  } catch (error) {
    // What the plugin throws itself would be an uncaught exception.
    done(error as Error);
  }
};

function addExports(
  fastify: FastifyInstance,
  { shared, prefix = '', paths = shared.exports.map(([path]) => path) }: FastifyPluginOptions,
): void {
  const mount = mountOf(fastify, withoutSlash(prefix));
  mount.middlewares.push(shared);
  for (const path of paths) addRoutes(fastify, mount, path);
}

// Why routes, and not a hook or the not-found handler:
//
// - A hook that responds skips the hooks that are registered after it, and all later ones: a `preHandler` that
//   checks who is logged in never runs for files. It also wins over routes.
// - Unmatched requests have one not-found handler for each prefix. The plugin would take the place of the
//   application's own, a second plugin could not be registered, and the hooks of an instance without a prefix
//   would either not run for its files or run for all requests without a route. `onRoute` hooks, with which
//   plugins limit rates and compress, do not see it.
// - A route has all hooks of its instance, its errors and its place among other routes are those of Fastify.

/** Where exports are mounted in an instance. */
interface Mount {
  /** In the order of their registration. */
  readonly middlewares: SharedDataMiddleware[];
  /** The URLs that have a route. */
  readonly urls: Set<string>;
  /** The path, below the prefix of the instance. */
  readonly prefix: string;
  /** The same as it occurs in a request target, or null if exports are matched against the whole path. */
  readonly pattern: RegExp | null;
}

const mountsByInstance = new WeakMap<FastifyInstance, Map<string, Mount>>();

function mountOf(fastify: FastifyInstance, prefix: string): Mount {
  const mounts = mountsByInstance.get(fastify) ?? new Map<string, Mount>();
  mountsByInstance.set(fastify, mounts);
  const pattern = mountPattern(withoutSlash(fastify.prefix) + prefix);
  const mount = mounts.get(prefix) ?? { middlewares: [], urls: new Set(), prefix, pattern };
  mounts.set(prefix, mount);
  return mount;
}

/**
 * Matches as many segments as the path has. A segment may be a parameter (`/:version`), and may be escaped in a
 * request. Empty segments do not match: only the router of an option such as `ignoreDuplicateSlashes` skips them.
 * A semicolon does not match: where it ends the path for the router, as in Fastify 4, `/api;/admin` passes the hooks
 * of `/api/admin`.
 */
function mountPattern(path: string): RegExp | null {
  const segments = path.split('/').filter((segment) => segment !== '').length;
  return segments === 0 ? null : new RegExp(`^(?:/[^/?#;]+){${segments}}(?=[/?]|$)`);
}

/** Adds the routes for a path and for everything below it. */
function addRoutes(fastify: FastifyInstance, mount: Mount, path: string): void {
  if (path !== '' && !path.startsWith('/')) return; // It matches no request.
  const top = mount.prefix + literalPart(path);
  const isFree = !fastify.hasRoute({ method: 'GET', url: withoutSlash(fastify.prefix) + top });
  // The route `/*` also matches `/`, and leaves it to a route of the application.
  const hasName = top !== '' || withoutSlash(fastify.prefix) !== '';
  for (const url of hasName && isFree ? [top, `${top}/*`] : [`${top}/*`]) {
    if (mount.urls.has(url)) continue;
    mount.urls.add(url);
    fastify.route({ method: ['GET', 'HEAD'], url, handler: respondFrom(mount), errorHandler: dropFields });
  }
}

/** The path up to the segment with a character that has a meaning in routes, or that Fastify does not decode. */
function literalPart(path: string): string {
  return withoutSlash(path.replace(/\/[^/]*[:*%?#].*$/s, ''));
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

function respondFrom({ middlewares, pattern }: Mount): RouteHandlerMethod {
  return async ({ raw, originalUrl }, reply) => {
    const request = pattern === null ? raw : belowMount(raw, originalUrl, pattern);
    const answer = request && (await firstAnswer(middlewares, request, reply.statusCode));
    if (answer !== null) return sendAnswer(answer, reply);
    reply.callNotFound();
    return reply;
  };
}

async function firstAnswer(
  middlewares: readonly SharedDataMiddleware[],
  request: SharedRequest,
  status: number,
): Promise<Answer | null> {
  for (const shared of middlewares) {
    const answer = await frameworkAnswer(shared, request, status);
    if (answer !== null) return answer;
  }
  return null;
}

/** The request with a target without the path of the mount, or null if the target does not start with it. */
function belowMount(raw: IncomingMessage, originalUrl: string, pattern: RegExp): SharedRequest | null {
  const { method, headers, socket, url = '' } = raw;
  const match = pattern.exec(url);
  if (match === null) return null;
  const rest = url.slice(match[0].length);
  return { method, headers, socket, originalUrl, url: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Replies that have the fields of an answer. */
const answered = new WeakSet<FastifyReply>();

/** An error after that, as of an `onSend` hook, must not be sent with the validators and lifetime of the file. */
function dropFields(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  if (answered.delete(reply)) {
    const failed = { status: 500, headers: ['Cache-Control', 'no-store'], body: null };
    for (const [name, value] of fieldsToSet(failed, fieldsOf(reply))) reply.header(name, value);
    reply.removeHeader('expires');
  }
  throw error; // The next error handler gets it.
}

function fieldsOf(reply: FastifyReply): FieldsInFront {
  return {
    appendHeader: (name, value) => reply.header(name, value),
    getHeader: (name) => reply.getHeader(name),
    getHeaderNames: () => Object.keys(reply.getHeaders()),
    removeHeader: (name) => reply.removeHeader(name),
  };
}

/**
 * Replies with an answer: that of {@link SharedDataMiddleware.answerFile} to a handler of the application's own.
 *
 * @param answer the response. It is closed when it has been sent.
 * @param reply the reply
 * @returns the reply, for the handler to return
 *
 * @example
 * ```js
 * const { SharedDataMiddleware } = require('shared-data-middleware');
 * const { sendAnswer } = require('shared-data-middleware/fastify');
 * const shared = new SharedDataMiddleware(null, {});
 * const sendReport = async (request, reply) => {
 *   const answer = await shared.answerFile(request.raw, 'report.pdf', { root: 'reports' });
 *   if (answer !== null) return sendAnswer(answer, reply);
 *   reply.callNotFound();
 *   return reply;
 * };
 * ```
 */
export function sendAnswer(answer: Answer, reply: FastifyReply): FastifyReply {
  closeAfterResponse(answer, reply.raw);
  const fields = fieldsToSet(answer, fieldsOf(reply), reply.raw);
  answered.add(reply);
  for (const [name, value] of fields) reply.header(name, value);
  // Without a type of its own, Fastify replaces one that was set on `reply.raw`.
  const type = reply.getHeader('content-type');
  if (type !== undefined) reply.header('content-type', type);
  return reply.code(answer.status).send(fastifyBody(answer.body, reply.request.method, type !== undefined));
}

/**
 * Fastify would send null as JSON. A stream is sent as it is: to bytes without a type, Fastify adds one, which
 * `setHeaders` may have removed, and to HEAD, its routes for GET would respond with the length of any other body.
 */
function fastifyBody(body: Answer['body'], method: string, hasType: boolean): Buffer | Readable | undefined {
  if (body === null) return method === 'HEAD' ? Readable.from([]) : undefined;
  if (body instanceof Readable) return body;
  const bytes = toBuffer(body);
  return hasType ? bytes : Readable.from([bytes], { objectMode: false });
}

// The routes are those of the instance that the plugin is registered with, so it has no context of its own, in
// which hooks that are registered later would be missing.
Object.assign(fastifyPlugin, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'shared-data-middleware',
});
