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
import { closeQuietly, type Resource } from '../util/resource';
import { frameworkAnswer } from './answer';

/** Responds to a `Request` of the Fetch API. Resolves with null if no export responds. */
export type FetchHandler = (request: Request) => Promise<Response | null>;

/**
 * Creates a handler for requests of the Fetch API, as in Hono, Bun, Deno and service workers. It never
 * rejects: an error of a loader becomes a response with its status.
 *
 * Guards in front must compare `new URL(request.url).pathname`, not the target that the client has sent. In the
 * URL of a `Request`, dot segments are already resolved, and a target in absolute form looks like any other.
 * Other forms of the path of a file, such as `/%40admin` for `/@admin`, are redirected.
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
      return answer && toResponse(answer, request);
    } catch (error) {
      return toResponse(errorResponse(error), request);
    }
  };
}

/** Some runtimes and tests make requests without a signal. */
type RequestInfo = Pick<Request, 'method'> & { readonly signal?: AbortSignal };

function toResponse(answer: Answer, { method, signal }: RequestInfo): Response {
  const { status, body } = answer;
  const init = { status, headers: [...fieldPairs(answer.headers)] };
  if (body instanceof Readable) return new Response(toWebStream(body, answer, signal), init);
  closeQuietly(answer);
  return new Response(method === 'HEAD' ? null : body, init);
}

/** Closes the file of a response that was dropped without being read. */
const abandoned = new FinalizationRegistry<Resource>(closeQuietly);

/**
 * The body as a stream that closes the answer when it ends, fails or is cancelled, when the request is aborted, or
 * when nothing refers to it any more.
 */
function toWebStream(
  body: Readable,
  answer: Answer,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  // Without a listener, the error of an aborted request would end the process.
  body.on('error', () => undefined);
  const stream = Readable.toWeb(body) as ReadableStream<Uint8Array>;
  // The registered value must not refer to the answer or its body, which would then never be collected.
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is a closure over the file
  const { close } = answer;
  if (close !== undefined) abandoned.register(stream, { close }, body);
  body.once('close', () => {
    abandoned.unregister(body);
    closeQuietly(answer);
  });
  if (signal?.aborted === true) body.destroy();
  else if (signal !== undefined) addAbortSignal(signal, body);
  return stream;
}
