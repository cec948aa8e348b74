/**
 * The Fetch API.
 *
 * @module shared-data-middleware/fetch
 */
import { addAbortSignal, Readable } from 'node:stream';
import { errorAnswer } from '../errors';
import { fieldPairs, type Answer } from '../http/answer';
import type { SharedDataMiddleware } from '../shared-data';
import { guardedAnswer } from './guarded-answer';

/** Answers a `Request` of the Fetch API, or resolves with null for what the exports do not have. */
export type FetchHandler = (request: Request) => Promise<Response | null>;

/**
 * Answers requests of the Fetch API, as Hono, Bun, Deno and service workers have them. Never rejects: an error of a
 * loader is a response with its status. The URL is as the `Request` has it, with dot segments resolved.
 *
 * @example
 * ```js
 * const { SharedDataMiddleware } = require('shared-data-middleware');
 * const { fetchHandler } = require('shared-data-middleware/fetch');
 * const files = fetchHandler(new SharedDataMiddleware(null, { '/static': 'public' }));
 * const handle = async (request) => (await files(request)) ?? new Response('no such page', { status: 404 });
 * ```
 */
export function fetchHandler(shared: SharedDataMiddleware): FetchHandler {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const { method, headers } = request;
    const url = pathname + search;
    try {
      const answer = await guardedAnswer(shared, { method, url, headers: Object.fromEntries(headers) });
      if (answer?.body instanceof Readable) addAbortSignal(request.signal, answer.body);
      return answer && responseOf(answer, method);
    } catch (error) {
      return responseOf(errorAnswer(error), method);
    }
  };
}

function responseOf(answer: Answer, method: string): Response {
  const { status, body } = answer;
  const response = { status, headers: [...fieldPairs(answer.headers)] };
  if (body instanceof Readable) {
    body.once('close', () => void answer.close?.());
    return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, response);
  }
  void answer.close?.();
  return new Response(method === 'HEAD' ? null : body, response);
}
