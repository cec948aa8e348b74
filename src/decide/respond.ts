import { isAllowed } from '../access/is-allowed';
import { cacheControlFor } from '../http/cache-control';
import { plainResponse } from '../http/plain-response';
import { redirect, redirectToSlash } from '../http/redirect';
import type { ResolvedFile } from '../match/find-file';
import type { CheckedOptions } from '../options/options';
import type { Answer, SharedFile, SharedRequest } from '../types';
import { isStaleError } from '../util/fs-errors';
import { andThen, orElse, type MaybePromise } from '../util/maybe-promise';
import { closeOnError, closeQuietly } from '../util/resource';
import { createBody } from './body';
import { callSetHeaders } from './custom-headers';
import { decide, type Decision } from './decide';
import type { Hooks } from './hooks';
import { openNegotiated, type NegotiatedFile } from './negotiate';
import { createRepresentation, type Representation } from './representation';
import { cachedRepresentation } from './representation-cache';

/** Responds to requests for files, as the options and the overridden methods of a middleware say. */
export class Responder {
  readonly #hooks: Hooks;
  readonly #options: CheckedOptions;
  /** Whether a subclass overrides `setHeaders`. It costs nothing if not. */
  readonly #setsHeaders: () => boolean;

  constructor(hooks: Hooks, options: CheckedOptions, setsHeaders: () => boolean) {
    this.#hooks = hooks;
    this.#options = options;
    this.#setsHeaders = setsHeaders;
  }

  /** The response for a file, or null if it may not be served or no longer exists. */
  respond(resolved: ResolvedFile): MaybePromise<Answer | null> {
    const { filename, lookup, lacksSlash } = resolved;
    return andThen(isAllowed(this.#hooks, filename, lookup), (allowed) => {
      if (!allowed) return null;
      const { url = '', originalUrl = url } = lookup.request;
      if (lacksSlash) return redirectToSlash(this.#options.redirect, originalUrl);
      return orElse(
        () => this.#open(resolved),
        (error) => {
          if (!isStaleError(error)) throw error;
          return this.#open(resolved);
        },
      );
    });
  }

  #open(resolved: ResolvedFile): MaybePromise<Answer | null> {
    return andThen(openNegotiated(resolved, this.#options.precompressed), (negotiated) => {
      if (negotiated === null) return null;
      if (negotiated === 'not acceptable') return plainResponse(406, 'Vary', 'Accept-Encoding');
      if (resolved.canonicalLocation !== undefined) {
        closeQuietly(negotiated.file);
        return redirect(308, resolved.canonicalLocation);
      }
      return closeOnError(negotiated.file, () => this.#respondWith(negotiated, resolved));
    });
  }

  #respondWith(negotiated: NegotiatedFile, { filename, lookup }: ResolvedFile): MaybePromise<Answer> {
    const { path, request } = lookup;
    const { file: opened } = negotiated;
    const file: SharedFile = { filename, path, mtime: opened.mtime, size: opened.size };
    const represented = andThen(this.#represent(negotiated, file), (representation) =>
      this.#setsHeaders() ? callSetHeaders(this.#hooks, representation, file, request) : representation,
    );
    return andThen(represented, (representation) => {
      const { status, headers, content } =
        opened.location === undefined
          ? decide(request, representation)
          : this.#delegate(request, representation, opened.location);
      return andThen(createBody(opened, content), (body) => {
        // The text of a 412 or 416 is not from the file.
        const answer = { status, headers, body, ...(content instanceof Uint8Array ? {} : { file }) };
        return opened.close === undefined ? answer : { ...answer, close: () => opened.close?.() };
      });
    });
  }

  /** The proxy that sends the file evaluates preconditions and ranges: clients have its validators. */
  #delegate(request: SharedRequest, representation: Representation, location: string): Decision {
    const { header = '' } = this.#options.sendfile ?? {};
    const { responseStatus: status = 200 } = request;
    return { status, headers: [...representation.delegatedHeaders(), header, location], content: null };
  }

  #represent(negotiated: NegotiatedFile, file: SharedFile): MaybePromise<Representation> {
    const { cache, fallbackMimetype } = this.#hooks;
    const cacheControl = cacheControlFor(file, this.#options, this.#hooks);
    const { file: opened, coding, varies } = negotiated;
    const key = { filename: file.filename, fallbackMimetype, cacheControl, cache, coding, varies };
    return cachedRepresentation(opened.memo, key, file.mtime, () =>
      createRepresentation(negotiated, file, cacheControl, this.#hooks, this.#options),
    );
  }
}
