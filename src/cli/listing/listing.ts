import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { basename } from 'node:path';
import { isGetOrHead, methodNotAllowed } from '../../http/methods';
import { plainResponse } from '../../http/plain-response';
import { redirectToSlash } from '../../http/redirect';
import type { SharedDataMiddleware } from '../../middleware';
import type { SharedDataOptions } from '../../options/options';
import { isCanonicalPath, requestPath } from '../../paths/request-path';
import { safeJoin } from '../../paths/safe-join';
import { NotFound } from '../../send/not-found';
import { send } from '../../send/send';
import { onResponseEnd } from '../../send/socket-close';
import type { Answer, App } from '../../types';
import type { Export } from '../args/values';
import { readDirectory, statReadable, type Candidate } from './directory';
import { limiter } from '../../util/limiter';
import { compareNames, CONTENT_SECURITY_POLICY, listingPage, type Entry, type PageNumber } from './page';
import { ListingPolicy } from './policy';
import { selectRange } from './select-range';

/** How many entries a page has. */
const PAGE_SIZE = 1000;

/** How many listings are made at a time. Each holds the names of its directory in memory. */
const MAX_LISTINGS = 4;

/** How many entries of a listing are looked up at a time. One of a slow disk does not keep another waiting. */
const MAX_LOOKUPS = 8;

/**
 * Creates the application behind the middleware. It lists the directories that have no index. A listing names
 * only what the middleware would serve.
 *
 * @param shared the middleware, which decides who may read what
 * @param exports the exports of the middleware
 * @param options the options of the middleware
 * @param notFound the application for all other requests
 */
export function listingApp(
  shared: SharedDataMiddleware,
  exports: readonly Export[],
  options: SharedDataOptions,
  notFound: App = NotFound,
): App {
  const listing = new Listing(shared, exports, options);
  /** For each connection, a promise that resolves when its last response has ended. */
  const lastEnds = new WeakMap<Socket, Promise<void>>();

  return async (req, res) => {
    const disconnected = new AbortController();
    const previousEnd = lastEnds.get(req.socket);
    const end = new Promise<void>((resolve) => {
      onResponseEnd(res, () => {
        disconnected.abort();
        resolve();
      });
    });
    lastEnds.set(req.socket, end);
    try {
      // The pages for hundreds of pipelined requests would wait in memory for a client that reads none.
      await previousEnd;
      const answer = await listing.answer(req, disconnected.signal);
      if (answer.status === 404) await notFound(req, res);
      else await send(answer, res);
    } catch (error) {
      if (!disconnected.signal.aborted) await shared.handleError(error, req, res);
    }
  };
}

/** The names of a directory, or of the next segment of a longer prefix. */
type Source = Iterable<Candidate> | AsyncIterable<Candidate>;

class Listing {
  readonly #shared: SharedDataMiddleware;
  readonly #exports: readonly Export[];
  readonly #policy: ListingPolicy;
  readonly #limitListings = limiter(MAX_LISTINGS);

  constructor(shared: SharedDataMiddleware, exports: readonly Export[], options: SharedDataOptions) {
    this.#shared = shared;
    // A prefix that is not canonical never matches a request.
    this.#exports = exports.filter(([prefix]) => isCanonicalPath(prefix));
    this.#policy = new ListingPolicy(
      shared,
      options,
      exports.map(([, root]) => root),
    );
  }

  /** @param signal stops the work when the client has disconnected */
  async answer(req: IncomingMessage, signal: AbortSignal): Promise<Answer> {
    const { url = '' } = req;
    if (!isGetOrHead(req) && (await this.#shared.hasFile(req))) return methodNotAllowed();
    const path = requestPath(url);
    const page = requestedPage(url);
    if (path === null || page === null) return plainResponse(404);
    const sources = await this.#sources(path.endsWith('/') ? path : `${path}/`, req);
    if (sources.length === 0) return plainResponse(404);
    if (!isGetOrHead(req)) return methodNotAllowed();
    if (!path.endsWith('/')) return redirectToSlash(308, url);
    return this.#limitListings(() => this.#page(path, sources, page, signal));
  }

  async #page(
    path: string,
    sources: readonly Source[],
    number: number,
    signal: AbortSignal,
  ): Promise<Answer> {
    const candidates = await mergeSources(sources, signal);
    const count = Math.max(Math.ceil(candidates.length / PAGE_SIZE), 1);
    if (number > count) return plainResponse(404);
    const start = (number - 1) * PAGE_SIZE;
    const selected = await selectRange(candidates, start, start + PAGE_SIZE, compareNames, signal);
    const limitLookups = limiter(MAX_LOOKUPS);
    const lookups = selected.map((candidate) =>
      limitLookups(() => {
        signal.throwIfAborted();
        return candidate.load();
      }),
    );
    const entries = (await Promise.all(lookups)).filter((entry) => entry !== null);
    return pageResponse(path, entries, { number, count });
  }

  /**
   * What a path stands for. Empty if there is no directory.
   *
   * @param path the path of the request, with a slash at its end
   */
  async #sources(path: string, request: IncomingMessage): Promise<Source[]> {
    const sources: Source[] = [];
    for (const [prefix, root] of this.#exports) {
      const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
      const source = path.startsWith(base)
        ? await this.#directoryBelow([prefix, root], path.slice(base.length), request)
        : await this.#entryOfPrefix([prefix, root], base, path, request);
      if (source !== null) sources.push(source);
    }
    return sources;
  }

  /**
   * The next segment of a prefix that is longer than the path.
   *
   * @param base the prefix with a slash at its end
   */
  async #entryOfPrefix(
    [prefix, root]: Export,
    base: string,
    path: string,
    request: IncomingMessage,
  ): Promise<Source | null> {
    if (!base.startsWith(path)) return null;
    const rest = base.slice(path.length);
    const [name = '', next] = rest.split('/');
    const stats = this.#policy.isHidden(rest) ? null : await statReadable(root, this.#policy.diskOf(root));
    if (stats === null) return null;
    if (stats.isDirectory()) return [loaded({ name, file: undefined })];
    // A file that is exported at `/x/` is not served at `/x`.
    if (prefix === base) return null;
    if (!(await this.#policy.isFileAllowed(basename(root), { prefix, path: null, request }))) return null;
    return [loaded({ name, file: next === '' ? stats : undefined })];
  }

  /** @param below the path of the directory below the prefix: empty, or with a slash at its end */
  async #directoryBelow(
    [prefix, root]: Export,
    below: string,
    request: IncomingMessage,
  ): Promise<Source | null> {
    const path = below === '' ? root : safeJoin(root, below.slice(0, -1));
    if (path === null || this.#policy.isHidden(below)) return null;
    if (!(await this.#shared.hasExactName(path, root))) return null;
    if (!(await this.#policy.isReachable(path, root))) return null;
    if ((await statReadable(path, this.#policy.diskOf(root)))?.isDirectory() !== true) return null;
    if (!(await this.#policy.isPathAllowed(prefix, below, request))) return null;
    return readDirectory({ prefix, root, below, path, request }, this.#policy);
  }
}

/** Exports are searched in order: of two entries with the same name, the first one is served. */
async function mergeSources(sources: readonly Source[], signal: AbortSignal): Promise<Candidate[]> {
  const candidates = new Map<string, Candidate>();
  for (const source of sources) {
    for await (const candidate of source) {
      signal.throwIfAborted();
      const key = candidate.isDirectory ? `${candidate.name}/` : candidate.name;
      if (!candidates.has(key)) candidates.set(key, candidate);
    }
  }
  return [...candidates.values()];
}

function loaded(entry: Entry): Candidate {
  return { name: entry.name, isDirectory: entry.file === undefined, load: () => Promise.resolve(entry) };
}

/** The page that a target asks for with `?page=2`: the first one by default, and null for another value. */
function requestedPage(target: string): number | null {
  const query = target.indexOf('?');
  const value = query === -1 ? null : new URLSearchParams(target.slice(query)).get('page');
  if (value === null) return 1;
  return /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null;
}

function pageResponse(path: string, entries: readonly Entry[], page: PageNumber): Answer {
  const body = Buffer.from(listingPage(path, entries, page));
  const headers = ['Content-Type', 'text/html; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-cache', 'Content-Security-Policy', CONTENT_SECURITY_POLICY);
  headers.push('X-Content-Type-Options', 'nosniff');
  return { status: 200, headers, body };
}
