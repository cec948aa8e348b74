import { Readable } from 'node:stream';
import { format } from 'node:util';
import { plainResponse } from '../http/plain-response';
import { redirect, redirectToSlash } from '../http/redirect';
import { endsInSlash } from '../match/find-file';
import type { CheckedOptions } from '../options/options';
import { canonicalLocation, isCanonicalTarget, isServableTarget } from '../paths/canonical-target';
import { requestPath } from '../paths/request-path';
import type { Answer, DirectoryListing, HeaderFields, Loader, SharedRequest } from '../types';
import type { Candidate } from './directory';
import { limiter } from '../util/limiter';
import { compareNames, CONTENT_SECURITY_POLICY, listingPage } from './page';
import { ListingPolicy, type ListingAccess } from './policy';
import { selectRange } from './select-range';
import { listingSources, type Source } from './sources';
import { Turns, type Turn } from './turns';

/** How many entries a page has. */
const PAGE_SIZE = 1000;

/** How many listings are made at a time. Each holds the names of its directory in memory. */
const MAX_LISTINGS = 4;

/** How many entries of a listing are looked up at a time. One of a slow disk does not keep another waiting. */
const MAX_LOOKUPS = 8;

/** Lists the directories below exports that have no index. A listing names only what the middleware would serve. */
export class Listing {
  readonly #exports: () => readonly (readonly [string, Loader])[];
  readonly #options: CheckedOptions;
  readonly #policy: ListingPolicy;
  readonly #limitListings = limiter(MAX_LISTINGS);
  readonly #turns: Turns;

  /**
   * @param access what the middleware decides
   * @param exports the exports of the middleware, which may change
   */
  constructor(
    access: ListingAccess,
    exports: () => readonly (readonly [string, Loader])[],
    options: CheckedOptions,
  ) {
    this.#exports = exports;
    this.#options = options;
    this.#policy = new ListingPolicy(access, options);
    this.#turns = new Turns(options.timeout);
    for (const [, { root }] of exports()) if (root !== undefined) this.#policy.addRoot(root);
  }

  /** The place of a request in the order of arrival. It must be taken before anything is waited for. */
  arrival(): number {
    return this.#turns.arrival();
  }

  /**
   * The response to a GET or HEAD request for a directory, or null if no directory is there that may be
   * listed, or if it has no such page.
   *
   * @param arrival what {@link arrival} returned when the request arrived; 0 for a page that waits for no other
   * @param listsAbove whether to list the directories above the prefixes of exports too
   */
  async answer(request: SharedRequest, arrival: number, listsAbove = false): Promise<Answer | null> {
    const { url = '', originalUrl = url, requiresCanonicalTarget = false } = request;
    if (requiresCanonicalTarget && !isServableTarget(url, originalUrl)) return null;
    const [path, sources] = await this.#find(request, listsAbove);
    if (sources.length === 0) return null;
    if (!path.endsWith('/') || (path === '/' && !endsInSlash(request.originalUrl))) {
      const { redirect: status } = this.#options;
      return status === false ? null : redirectToSlash(status, originalUrl);
    }
    if (requiresCanonicalTarget && !isCanonicalTarget(originalUrl))
      return redirect(308, canonicalLocation(originalUrl));
    const page = requestedPage(url);
    return page === null ? null : this.#answerInTurn(path, sources, page, { request, arrival });
  }

  /** Whether a directory would be listed, whatever the method of the request. */
  async has(request: SharedRequest): Promise<boolean> {
    const [, sources] = await this.#find(request, true);
    return sources.length > 0;
  }

  async #find(request: SharedRequest, listsAbove: boolean): Promise<[path: string, sources: Source[]]> {
    const path = requestPath(request.url ?? '');
    if (path === null) return ['', []];
    const directory = path.endsWith('/') ? path : `${path}/`;
    return [path, await listingSources(directory, request, this.#exports(), this.#policy, listsAbove)];
  }

  async #answerInTurn(
    path: string,
    sources: readonly Source[],
    page: number,
    { request, arrival }: { readonly request: SharedRequest; readonly arrival: number },
  ): Promise<Answer | null> {
    const turn = await this.#turns.next(request.socket, arrival);
    try {
      const listing = await this.#limitListings(() => listDirectory(path, sources, page, turn.signal));
      if (listing !== null) return sentInTurn(await this.#page(listing, request), request, turn);
    } catch (error) {
      turn.end();
      // The client has disconnected, and gets no response.
      if (turn.signal.aborted) return plainResponse(503);
      throw error;
    }
    turn.end();
    return null;
  }

  /** @throws TypeError if the function of the option returned something else than a text */
  async #page(listing: DirectoryListing, request: SharedRequest): Promise<Page> {
    const { listing: render, index, precompressed } = this.#options;
    // The directory may have an index for clients that accept a stored encoding of it.
    const more = index.length > 0 && precompressed.length > 0 ? ['Vary', 'Accept-Encoding'] : [];
    if (typeof render !== 'function') {
      return {
        html: listingPage(listing),
        more: [...more, 'Content-Security-Policy', CONTENT_SECURITY_POLICY],
      };
    }
    const html: unknown = await render(listing, request);
    if (typeof html === 'string') return { html, more };
    throw new TypeError(format("option 'listing': expected its function to return a text, got %O", html));
  }
}

/** The text of a page, and header fields that depend on who has written it. */
interface Page {
  readonly html: string;
  readonly more: HeaderFields;
}

/** A part of a directory, or null if it has no such part. */
async function listDirectory(
  path: string,
  sources: readonly Source[],
  number: number,
  signal: AbortSignal,
): Promise<DirectoryListing | null> {
  const candidates = await mergeSources(sources, signal);
  const count = Math.max(Math.ceil(candidates.length / PAGE_SIZE), 1);
  if (number > count) return null;
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
  return { path, entries, page: { number, count } };
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

/** The page that a target asks for with `?page=2`: the first one by default, and null for another value. */
function requestedPage(target: string): number | null {
  const query = target.indexOf('?');
  const value = query === -1 ? null : new URLSearchParams(target.slice(query)).get('page');
  if (value === null) return 1;
  return /^[1-9]\d{0,8}$/.test(value) ? Number(value) : null;
}

/** The body is a stream, because only the answer of a stream is closed no earlier than its response has ended. */
function sentInTurn({ html, more }: Page, { method }: SharedRequest, turn: Turn): Answer {
  const body = Buffer.from(html);
  const headers = ['Content-Type', 'text/html; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-cache', 'X-Content-Type-Options', 'nosniff', ...more);
  return {
    status: 200,
    headers,
    body: method === 'HEAD' ? null : Readable.from(body, { objectMode: false }),
    close: () => {
      turn.end();
    },
  };
}
