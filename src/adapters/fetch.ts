/**
 * The adapter for the Fetch API.
 *
 * @module shared-data-middleware/fetch
 */
import { addAbortSignal, Readable } from 'node:stream';
import { fieldPairs } from '../http/header-fields';
import type { SharedDataMiddleware } from '../middleware';
import { errorResponse } from '../send/error-response';
import type { Answer } from '../types';
import { frameworkAnswer } from './answer';

/** Responds to a `Request` of the Fetch API. Resolves with null if no export responds. */
export type FetchHandler = (request: Request) => Promise<Response | null>;

/**
 * Creates a handler for requests of the Fetch API, as in Hono, Bun, Deno and service workers. It never
 * rejects: an error of a loader becomes a response with its status. In the URL of a `Request`, dot segments
 * are already resolved.
 *
 * @param shared what to serve
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
      const answer = await frameworkAnswer(shared, { method, url, headers: Object.fromEntries(headers) });
      if (answer?.body instanceof Readable) addAbortSignal(request.signal, answer.body);
      return answer && toResponse(answer, method);
    } catch (error) {
      return toResponse(errorResponse(error), method);
    }
  };
}

function toResponse(answer: Answer, method: string): Response {
  const { status, body } = answer;
  const init = { status, headers: [...fieldPairs(answer.headers)] };
  if (body instanceof Readable) {
    body.once('close', () => void answer.close?.());
    return new Response(Readable.toWeb(body) as ReadableStream<Uint8Array>, init);
  }
  void answer.close?.();
  return new Response(method === 'HEAD' ? null : body, init);
}
