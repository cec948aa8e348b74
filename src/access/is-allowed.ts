import { originalName } from '../paths/encoded-name';
import type { FileLookup } from '../types';
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
    (isEncodingAllowed) => isEncodingAllowed && isAllowed(policy, original, { ...lookup, path }),
  );
}
