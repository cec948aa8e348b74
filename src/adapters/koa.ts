/**
 * The adapter for Koa.
 *
 * @module shared-data-middleware/koa
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { SharedDataMiddleware } from '../middleware';
import type { Answer } from '../types';
import { abandonAnswer, closeAfterResponse, fieldsToSet, frameworkAnswer, toBuffer } from './answer';

/** The part of a Koa context that is used. */
export interface KoaContext {
  /** Node's request. */
  readonly req: IncomingMessage;
  /** Node's response. */
  readonly res: ServerResponse;
  /** Koa's response. */
  readonly response: object;
  /** The method, in capitals. */
  readonly method: string;
  /** The request target, or what routers have left of it. */
  readonly url: string;
  /** The request target as it was received. */
  readonly originalUrl: string;
  /** The status of the response. */
  status: number;
  /** The content of the response. */
  body: unknown;
  /** Sets a header field of the response. */
  set(name: string, value: string): void;
}

/** A Koa middleware. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * Creates a middleware for Koa 2 and 3. It responds from the exports, and passes every other request to the
 * next middleware. Errors are thrown with a `status`, for the middleware in front.
 *
 * @param shared what to serve
 *
 * @example
 * ```js
 * const Koa = require('koa');
 * const { SharedDataMiddleware } = require('shared-data-middleware');
 * const { koaMiddleware } = require('shared-data-middleware/koa');
 * const shared = new SharedDataMiddleware(null, { '/static': 'public' });
 * new Koa().use(koaMiddleware(shared)).listen(8000);
 * ```
 */
export function koaMiddleware(shared: SharedDataMiddleware): KoaMiddleware {
  return async (context, next) => {
    const { method, url, originalUrl, req } = context;
    const request = { method, url, originalUrl, headers: req.headers, socket: req.socket };
    const answer = await frameworkAnswer(shared, request, statusInFront(context));
    if (answer === null) {
      await next();
      return;
    }
    sendAnswer(answer, context);
  };
}

/**
 * Makes an answer the response of Koa: that of {@link SharedDataMiddleware.answerFile} to a handler of the
 * application's own.
 *
 * @param answer the response. It is closed when it has been sent.
 * @param context the context of the request
 *
 * @example
 * ```js
 * const { SharedDataMiddleware } = require('shared-data-middleware');
 * const { sendAnswer } = require('shared-data-middleware/koa');
 * const shared = new SharedDataMiddleware(null, {});
 * const sendReport = async (context) => {
 *   const answer = await shared.answerFile(context.req, 'report.pdf', { root: 'reports' });
 *   if (answer !== null) sendAnswer(answer, context);
 * };
 * ```
 */
export function sendAnswer(answer: Answer, context: KoaContext): void {
  const { res } = context;
  if (res.headersSent) {
    abandonAnswer(answer); // Another middleware has responded, as one that limits the time does.
    return;
  }
  closeAfterResponse(answer, res);
  // Assigning the body sets header fields: what was set in front is read before it, and ours are set after it.
  const fields = fieldsToSet(answer, res, res);
  const hasType = res.hasHeader('Content-Type');
  context.status = answer.status;
  const body = koaBody(context, answer.body);
  if (body !== undefined) context.body = body;
  // Koa adds a type to a body without one. `setHeaders` may have removed ours.
  if (!hasType) res.removeHeader('Content-Type');
  for (const [name, value] of fields) context.set(name, value);
}

/** Koa starts with the status 404. Only this field of a response tells that a middleware has set one. */
function statusInFront({ status, response }: KoaContext): number {
  const { _explicitStatus: isSet = false } = response as { _explicitStatus?: boolean };
  return isSet ? status : 200;
}

/** Koa treats a missing body as an error. */
function koaBody({ method, status }: KoaContext, body: Answer['body']): unknown {
  if (body === null) return method === 'HEAD' || status === 304 ? undefined : Buffer.alloc(0);
  return body instanceof Readable ? body : toBuffer(body);
}
