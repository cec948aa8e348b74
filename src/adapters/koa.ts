/**
 * Koa.
 *
 * @module shared-data-middleware/koa
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { finished, Readable } from 'node:stream';
import { breakOff } from '../break-off';
import { fieldPairs, type Answer } from '../http/answer';
import type { SharedDataMiddleware } from '../shared-data';
import { bufferOf, guardedAnswer } from './guarded-answer';

/** What is needed of a context of Koa. */
export interface KoaContext {
  /** Node's request. */
  readonly req: IncomingMessage;
  /** Node's response. */
  readonly res: ServerResponse;
  /** The method, in capitals. */
  readonly method: string;
  /** The target, or what routers have left of it. */
  readonly url: string;
  /** The target as it came. */
  readonly originalUrl: string;
  /** The status of the answer. */
  status: number;
  /** The content of the answer. */
  body: unknown;
  /** Sets a header field of the answer. */
  set(name: string, value: string): void;
}

/** A middleware of Koa. */
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

/**
 * A middleware of Koa 2 and 3 that answers from the exports and leaves every other request to the middleware after
 * it. Errors are thrown, with a `status`, for the middleware before it.
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
    const { method, url, originalUrl, req, res } = context;
    const answer = await guardedAnswer(shared, { method, url, originalUrl, headers: req.headers });
    if (answer === null) {
      await next();
      return;
    }
    context.status = answer.status;
    const body = bodyFor(context, answer.body);
    if (body !== undefined) context.body = body;
    // After the body, for which Koa sets fields of its own.
    for (const [name, value] of fieldPairs(answer.headers)) context.set(name, value);
    if (answer.body instanceof Readable)
      answer.body.on('error', () => {
        breakOff(res);
      });
    if (answer.close !== undefined) finished(res, () => void answer.close?.());
  };
}

/** Koa takes a missing body for an error. */
function bodyFor({ method, status }: KoaContext, body: Answer['body']): unknown {
  if (body === null) return method === 'HEAD' || status === 304 ? undefined : Buffer.alloc(0);
  return body instanceof Readable ? body : bufferOf(body);
}
