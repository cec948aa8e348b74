import { originalName } from '../paths/encoded-name';
import type { CacheScope, FileLookup, SharedRequest } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';

/** An object with the method {@link SharedDataMiddleware.isAllowed}. */
interface AccessPolicy {
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean>;
}

/**
 * Whether a file may be served. Denying `app.js` also denies its stored encodings, such as `app.js.br`: they
 * have the same content.
 */
export function isAllowed(policy: AccessPolicy, filename: string, lookup: FileLookup): MaybePromise<boolean> {
  const allowed = policy.isAllowed(filename, lookup);
  const original = originalName(filename);
  if (original === null) return allowed;
  const path = lookup.path === null ? null : originalName(lookup.path);
  return andThen(
    allowed,
    (isEncodingAllowed) => isEncodingAllowed && isAllowed(policy, original, withPath(lookup, path)),
  );
}

/** The lookup of another path. Its request is read from the first lookup when it is read. */
function withPath(lookup: FileLookup, path: string | null): FileLookup {
  return {
    prefix: lookup.prefix,
    path,
    get request() {
      return lookup.request;
    },
  };
}

/** A lookup for {@link isAllowed} that notes whether its request is read. */
export class ObservedLookup implements FileLookup {
  readonly prefix: string;
  readonly path: string | null;
  readonly #lookup: FileLookup;
  #isRequestRead = false;

  constructor(lookup: FileLookup) {
    this.prefix = lookup.prefix;
    this.path = lookup.path;
    this.#lookup = lookup;
  }

  get request(): SharedRequest {
    this.#isRequestRead = true;
    return this.#lookup.request;
  }

  /** `'private'` if another request might have been denied (RFC 9111 §5.2.2.7). */
  get scope(): CacheScope {
    return this.#isRequestRead ? 'private' : 'public';
  }
}
