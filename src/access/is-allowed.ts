import { encodedName, originalName } from '../paths/encoded-name';
import type { CacheScope, ContentCoding, FileLookup } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';

/** An object with the method {@link SharedDataMiddleware.isAllowed}. */
interface AccessPolicy {
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean>;
}

/**
 * Whether a file of which only an encoding may be stored may be served: if so, it is denied by the name of the
 * encoding as well, such as `backup.sql.gz` for `backup.sql`.
 *
 * @param alone the coding of the encoding, if the file itself does not exist
 */
export function isStoredFileAllowed(
  policy: AccessPolicy,
  filename: string,
  lookup: FileLookup,
  alone: ContentCoding | undefined,
): MaybePromise<boolean> {
  if (alone === undefined) return isAllowed(policy, filename, lookup);
  const path = lookup.path === null ? null : encodedName(lookup.path, alone);
  return isAllowed(policy, encodedName(filename, alone), withPath(lookup, path));
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

/** A lookup for {@link isAllowed}, and what became known about it. */
export interface ObservedLookup {
  readonly lookup: FileLookup;
  /** `'private'` if the request was read: another one might have been denied (RFC 9111 §5.2.2.7). */
  readonly scope: () => CacheScope;
}

/** Creates a lookup that notes whether its request is read. Copies of it have the request, and count as reading. */
export function observeLookup({ prefix, path, request }: FileLookup): ObservedLookup {
  let isRequestRead = false;
  const lookup = {
    prefix,
    path,
    get request() {
      isRequestRead = true;
      return request;
    },
  };
  return { lookup, scope: () => (isRequestRead ? 'private' : 'public') };
}
