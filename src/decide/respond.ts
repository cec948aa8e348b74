import { isStoredFileAllowed, observeLookup } from '../access/is-allowed';
import { cacheControlFor } from '../http/cache-control';
import { plainResponse } from '../http/plain-response';
import { redirect, redirectToSlash } from '../http/redirect';
import type { Compressor } from '../encode/compressor';
import type { ResolvedFile } from '../match/find-file';
import type { CheckedOptions } from '../options/options';
import type { Answer, CacheScope, OpenedFile, SharedFile, SharedRequest } from '../types';
import { isStaleError } from '../util/fs-errors';
import { andThen, orElse, type MaybePromise } from '../util/maybe-promise';
import { closeOnError, closeQuietly } from '../util/resource';
import { createBody } from './body';
import { callSetHeaders, type SetHeaders } from './custom-headers';
import { decide, type Decision } from './decide';
import { openDelta, openListedDelta } from './deltas';
import { compileDictionaries, type Dictionaries } from './dictionaries';
import { fallbackCacheControl } from './fallback';
import type { Hooks } from './hooks';
import { openNegotiated, type NegotiatedFile, type Negotiation } from './negotiate';
import { createRepresentation, type Representation } from './representation';
import { cachedRepresentation } from './representation-cache';

const BY_CODING = 'Accept-Encoding';
const BY_DICTIONARY = 'Accept-Encoding, Available-Dictionary';

/** Responds to requests for files, as the options and the overridden methods of a middleware say. */
export class Responder {
  readonly #hooks: Hooks;
  readonly #options: CheckedOptions;
  readonly #negotiation: Negotiation;
  readonly #dictionaries: Dictionaries | undefined;
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
    this.#dictionaries = options.dictionaries && compileDictionaries(options.dictionaries);
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
      if (slashRedirect === undefined) return this.respondAllowed(resolved, scope);
      const { url = '', originalUrl = url } = lookup.request;
      return redirectToSlash(slashRedirect, originalUrl);
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
    const hasDeltas =
      resolved.openDelta !== undefined && this.#dictionaries?.mayApply(resolved.lookup.request) === true;
    if (!hasDeltas) return this.#openEncoding(resolved, scope, hasDeltas);
    return andThen(
      this.#revalidateDelta(resolved, scope),
      (answer) => answer ?? this.#openEncoding(resolved, scope, hasDeltas),
    );
  }

  /** The 304 for a client that has made the current version of a delta, or null. */
  #revalidateDelta(resolved: ResolvedFile, scope: CacheScope): MaybePromise<Answer | null> {
    if (resolved.canonicalLocation !== undefined) return null;
    return andThen(openListedDelta(resolved), (negotiated) => {
      if (negotiated === null) return null;
      const { request } = resolved.lookup;
      const file = sharedFile(resolved, negotiated);
      return closeOnError(negotiated.file, () =>
        andThen(this.#represent(negotiated, file, resolved, scope), (representation) => {
          if (decide(request, representation).status === 304) {
            return this.#answer(representation, negotiated.file, file, request);
          }
          closeQuietly(negotiated.file);
          return null;
        }),
      );
    });
  }

  #openEncoding(resolved: ResolvedFile, scope: CacheScope, hasDeltas: boolean): MaybePromise<Answer | null> {
    const opened = hasDeltas
      ? andThen(openDelta(resolved), (delta) => delta ?? openNegotiated(resolved, this.#negotiation))
      : openNegotiated(resolved, this.#negotiation);
    return andThen(opened, (negotiated) => {
      if (negotiated === null) return null;
      if (negotiated === 'not acceptable')
        return plainResponse(406, 'Vary', hasDeltas ? BY_DICTIONARY : BY_CODING);
      if (resolved.canonicalLocation !== undefined) {
        closeQuietly(negotiated.file);
        return redirect(308, resolved.canonicalLocation);
      }
      const file = hasDeltas ? { ...negotiated, hasDeltas } : negotiated;
      return closeOnError(file.file, () => this.#respondWith(file, resolved, scope));
    });
  }

  #respondWith(negotiated: NegotiatedFile, resolved: ResolvedFile, scope: CacheScope): MaybePromise<Answer> {
    const { request } = resolved.lookup;
    const file = sharedFile(resolved, negotiated);
    return andThen(this.#represent(negotiated, file, resolved, scope), (representation) =>
      this.#answer(representation, negotiated.file, file, request),
    );
  }

  #answer(
    representation: Representation,
    opened: OpenedFile,
    file: SharedFile,
    request: SharedRequest,
  ): MaybePromise<Answer> {
    const { status, headers, content } =
      opened.location === undefined
        ? decide(request, representation)
        : this.#delegate(request, representation, opened.location);
    return andThen(createBody(opened, content), (body) => {
      // The text of a 412 or 416 is not from the file.
      const { latin1 } = opened;
      const answer: Answer = {
        status,
        headers,
        body,
        file: content instanceof Uint8Array ? undefined : file,
        latin1,
        contentType: representation.metadata.contentType,
      };
      if (opened.close !== undefined) answer.close = () => opened.close?.();
      return answer;
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

  /** The representation of an opened file, as `setHeaders` has changed it. */
  #represent(
    negotiated: NegotiatedFile,
    file: SharedFile,
    resolved: ResolvedFile,
    scope: CacheScope,
  ): MaybePromise<Representation> {
    const represented = this.#representFile(negotiated, file, resolved, scope);
    const setHeaders = this.#setHeaders(resolved, file);
    if (setHeaders === undefined) return represented;
    return andThen(represented, (representation) => callSetHeaders(representation, setHeaders, negotiated));
  }

  #representFile(
    negotiated: NegotiatedFile,
    file: SharedFile,
    { fallback, lookup }: ResolvedFile,
    scope: CacheScope,
  ): MaybePromise<Representation> {
    const { cache, fallbackMimetype } = this.#hooks;
    const { file: opened, coding, varies, hasDeltas } = negotiated;
    const own = opened.headers?.['cache-control'];
    const cacheControl =
      fallback === undefined
        ? cacheControlFor(file, this.#options, this.#hooks, { scope, own })
        : fallbackCacheControl(fallback, scope, own);
    const key = {
      filename: file.filename,
      fallbackMimetype,
      mediaType: this.#options.mediaTypeOf?.(file),
      cacheControl,
      cache,
      coding,
      vary: varyBy(varies, hasDeltas),
      useAsDictionary: this.#dictionaries?.fieldFor(file, lookup.request),
    };
    return cachedRepresentation(opened.memo, key, file.mtime, () =>
      createRepresentation(negotiated, key, this.#hooks, this.#options),
    );
  }
}

function sharedFile({ filename, lookup }: ResolvedFile, { file }: NegotiatedFile): SharedFile {
  return { filename, path: lookup.path, mtime: file.mtime, size: file.size };
}

/** The fields that the encoding depends on, also if the file is sent unencoded (RFC 9110 §12.5.5, RFC 9842 §6.2). */
function varyBy(varies: boolean, hasDeltas = false): string | undefined {
  if (hasDeltas) return BY_DICTIONARY;
  return varies ? BY_CODING : undefined;
}
