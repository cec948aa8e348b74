import { isStoredFileAllowed, observeLookup } from '../access/is-allowed';
import { cacheControlFor } from '../http/cache-control';
import { plainResponse } from '../http/plain-response';
import { redirect, redirectToSlash } from '../http/redirect';
import type { Compressor } from '../encode/compressor';
import type { ResolvedFile } from '../match/find-file';
import type { CheckedOptions } from '../options/options';
import type { Answer, CacheScope, SharedFile, SharedRequest } from '../types';
import { isStaleError } from '../util/fs-errors';
import { andThen, orElse, type MaybePromise } from '../util/maybe-promise';
import { closeOnError, closeQuietly } from '../util/resource';
import { createBody } from './body';
import { callSetHeaders, type SetHeaders } from './custom-headers';
import { decide, type Decision } from './decide';
import { fallbackCacheControl } from './fallback';
import type { Hooks } from './hooks';
import { openNegotiated, type NegotiatedFile, type Negotiation } from './negotiate';
import { createRepresentation, type Representation } from './representation';
import { cachedRepresentation } from './representation-cache';

/** Responds to requests for files, as the options and the overridden methods of a middleware say. */
export class Responder {
  readonly #hooks: Hooks;
  readonly #options: CheckedOptions;
  readonly #negotiation: Negotiation;
  /** Whether a subclass overrides a method. It costs nothing if not. */
  readonly #overrides: (method: 'isAllowed' | 'setHeaders') => boolean;

  /** @param compressor makes encodings while files are served, for the option `compress` */
  constructor(
    hooks: Hooks,
    options: CheckedOptions,
    compressor: Compressor | undefined,
    overrides: (method: 'isAllowed' | 'setHeaders') => boolean,
  ) {
    this.#hooks = hooks;
    this.#options = options;
    const { precompressed, mediaTypeOf } = options;
    this.#negotiation = { precompressed, compressor, hooks, mediaTypeOf };
    this.#overrides = overrides;
  }

  /** The response for a file, or null if it may not be served or no longer exists. */
  respond(resolved: ResolvedFile): MaybePromise<Answer | null> {
    const { filename, lookup, slashRedirect, openEncoded } = resolved;
    const observed = this.#overrides('isAllowed') ? observeLookup(lookup) : undefined;
    const seen = observed?.lookup ?? lookup;
    return andThen(isStoredFileAllowed(this.#hooks, filename, seen, openEncoded?.alone), (allowed) => {
      if (!allowed) return null;
      const scope = observed?.scope() ?? 'public';
      const { url = '', originalUrl = url } = lookup.request;
      if (slashRedirect !== undefined) return redirectToSlash(slashRedirect, originalUrl);
      return this.respondAllowed(resolved, scope);
    });
  }

  /** The response for a file that may be served, or null if it no longer exists. */
  respondAllowed(resolved: ResolvedFile, scope: CacheScope): MaybePromise<Answer | null> {
    return orElse(
      () => this.#open(resolved, scope),
      (error) => {
        if (!isStaleError(error)) throw error;
        return this.#open(resolved, scope);
      },
    );
  }

  #open(resolved: ResolvedFile, scope: CacheScope): MaybePromise<Answer | null> {
    return andThen(openNegotiated(resolved, this.#negotiation), (negotiated) => {
      if (negotiated === null) return null;
      if (negotiated === 'not acceptable') return plainResponse(406, 'Vary', 'Accept-Encoding');
      if (resolved.canonicalLocation !== undefined) {
        closeQuietly(negotiated.file);
        return redirect(308, resolved.canonicalLocation);
      }
      return closeOnError(negotiated.file, () => this.#respondWith(negotiated, resolved, scope));
    });
  }

  #respondWith(negotiated: NegotiatedFile, resolved: ResolvedFile, scope: CacheScope): MaybePromise<Answer> {
    const { filename, lookup, fallback } = resolved;
    const { path, request } = lookup;
    const { file: opened } = negotiated;
    const file: SharedFile = { filename, path, mtime: opened.mtime, size: opened.size };
    const represented = andThen(this.#represent(negotiated, file, fallback, scope), (representation) => {
      const setHeaders = this.#setHeaders(resolved, file);
      return setHeaders === undefined ? representation : callSetHeaders(representation, setHeaders);
    });
    return andThen(represented, (representation) => {
      const { status, headers, content } =
        opened.location === undefined
          ? decide(request, representation)
          : this.#delegate(request, representation, opened.location);
      return andThen(createBody(opened, content), (body) => {
        // The text of a 412 or 416 is not from the file.
        const { latin1 } = opened;
        const answer = {
          status,
          headers,
          body,
          file: content instanceof Uint8Array ? undefined : file,
          latin1,
          contentType: representation.metadata.contentType,
        };
        return opened.close === undefined ? answer : { ...answer, close: () => opened.close?.() };
      });
    });
  }

  /** What changes the header fields of a file: the method of a subclass, then the caller. */
  #setHeaders({ lookup, setHeaders }: ResolvedFile, file: SharedFile): SetHeaders | undefined {
    if (!this.#overrides('setHeaders')) return setHeaders;
    return (headers) =>
      andThen(this.#hooks.setHeaders(headers, file, lookup.request), () => setHeaders?.(headers));
  }

  /** The proxy that sends the file evaluates preconditions and ranges: clients have its validators. */
  #delegate(request: SharedRequest, representation: Representation, location: string): Decision {
    const { header = '' } = this.#options.sendfile ?? {};
    const { responseStatus: status = 200 } = request;
    return { status, headers: [...representation.delegatedHeaders(), header, location], content: null };
  }

  #represent(
    negotiated: NegotiatedFile,
    file: SharedFile,
    fallback: ResolvedFile['fallback'],
    scope: CacheScope,
  ): MaybePromise<Representation> {
    const { cache, fallbackMimetype } = this.#hooks;
    const { file: opened, coding, varies } = negotiated;
    const own = opened.headers?.['cache-control'];
    const cacheControl =
      fallback === undefined
        ? cacheControlFor(file, this.#options, this.#hooks, { scope, own })
        : fallbackCacheControl(fallback, scope, own);
    const mediaType = this.#options.mediaTypeOf?.(file);
    const key = { filename: file.filename, fallbackMimetype, mediaType, cacheControl, cache, coding, varies };
    return cachedRepresentation(opened.memo, key, file.mtime, () =>
      createRepresentation(negotiated, key, this.#hooks, this.#options),
    );
  }
}
