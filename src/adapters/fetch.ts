/**
 * The adapter for the Fetch API.
 *
 * @module shared-data-middleware/fetch
 */
import { addAbortSignal, Readable } from 'node:stream';
import { format } from 'node:util';
import { reportError } from '../diagnostics';
import type { SharedDataMiddleware } from '../middleware';
import { errorResponse } from '../send/error-response';
import { checkFileOptions, type FileOptions } from '../options/file-options';
import type { Answer, SharedRequest } from '../types';
import type { MaybePromise } from '../util/maybe-promise';
import { closeQuietly, type Resource } from '../util/resource';
import { abandonAnswer, fieldsToSet, frameworkAnswer } from './answer';

/**
 * Responds to a `Request` of the Fetch API. Resolves with null if no export responds.
 *
 * `headers` are the fields that a middleware in front has set for the response, if there are any. They are
 * merged as on any other server: `Cache-Control` and `Content-Type` stay, `Vary` names what both sides depend
 * on, fields that describe another content are removed. The object then has all fields of the response,
 * because Hono copies it to the response once more.
 */
export type FetchHandler = (request: Request, headers?: Headers) => Promise<Response | null>;

/**
 * Creates a handler for requests of the Fetch API, as in Hono, Bun, Deno and service workers. An error of a
 * loader does not reject: it becomes a response with its status.
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
  return async (request, front) => {
    checkHeaders(front);
    return respond(request, front, (plain) => frameworkAnswer(shared, plain));
  };
}

/**
 * Responds with one file to a request of the Fetch API, see {@link SharedDataMiddleware.answerFile}. Resolves with
 * null if there is no such file. An error of the file system does not reject: it becomes a response with its status.
 *
 * @param shared whose options apply
 * @param request the request
 * @param filename a path below `root`, with slashes, or without `root` an absolute path without `..`
 * @param options see {@link FileOptions}
 * @param front the fields that a middleware in front has set for the response, see {@link FetchHandler}
 * @throws TypeError for a filename that is no string and for a wrong option: the promise rejects with it
 *
 * @example
 * ```js
 * const { SharedDataMiddleware } = require('shared-data-middleware');
 * const { fileResponse } = require('shared-data-middleware/fetch');
 * const shared = new SharedDataMiddleware(null, {});
 * const sendReport = async (request) =>
 *   (await fileResponse(shared, request, 'report.pdf', { root: 'reports' })) ?? new Response(null, { status: 404 });
 * ```
 */
export async function fileResponse(
  shared: SharedDataMiddleware,
  request: Request,
  filename: string,
  options: FileOptions = {},
  front?: Headers,
): Promise<Response | null> {
  checkFileOptions(filename, options);
  checkHeaders(front);
  return respond(request, front, (plain) => shared.answerFile(plain, filename, options));
}

/** The response that `answer` has for a request, or null. An error becomes a response with its status. */
async function respond(
  request: Request,
  front: Headers | undefined,
  answerTo: (request: SharedRequest) => MaybePromise<Answer | null>,
): Promise<Response | null> {
  const { pathname, search } = new URL(request.url);
  const { method, headers } = request;
  const url = pathname + search;
  let answer: Answer | null = null;
  try {
    answer = await answerTo({ method, url, headers: Object.fromEntries(headers) });
    return answer && toResponse(answer, request, front);
  } catch (error) {
    if (answer !== null) abandonAnswer(answer);
    reportError(error, { method, url });
    return toResponse(errorResponse(error), request, front);
  }
}

/** Some runtimes and tests make requests without a signal. */
type RequestInfo = Pick<Request, 'method'> & { readonly signal?: AbortSignal };

/** Bun and Deno call a handler with another second argument. */
function checkHeaders(headers: Headers | undefined): void {
  if (headers === undefined || typeof (headers as Partial<Headers> | null)?.getSetCookie === 'function')
    return;
  throw new TypeError(format('expected the fields in front as Headers or undefined, got %O', headers));
}

function toResponse(answer: Answer, request: RequestInfo, front = new Headers()): Response {
  const { status, body } = answer;
  const init = { status, headers: withFields(front, answer) };
  if (body instanceof Readable) return new Response(toWebStream(body, answer, signalOf(request)), init);
  closeQuietly(answer);
  return new Response(request.method === 'HEAD' ? null : body, init);
}

/** Deno cancels the body when the client disconnects, and warns that its signals abort after each response. */
function signalOf(request: RequestInfo): AbortSignal | undefined {
  return 'Deno' in globalThis ? undefined : request.signal;
}

function withFields(front: Headers, answer: Answer): Headers {
  const fields = fieldsToSet(answer, {
    appendHeader: (name, value) => {
      front.append(name, value);
    },
    getHeader: (name) => front.get(name) ?? undefined,
    getHeaderNames: () => [...front.keys()],
    removeHeader: (name) => {
      front.delete(name);
    },
  });
  for (const [name, value] of fields) front.set(name, value);
  return front;
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
