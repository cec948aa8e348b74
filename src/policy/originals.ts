import type { FileLookup } from '../find';
import { originalName } from '../http/content-coding';
import { andThen, type MaybePromise } from '../maybe-promise';

/** {@link SharedDataMiddleware.isAllowed}. */
type IsAllowed = (filename: string, lookup: FileLookup) => MaybePromise<boolean>;

/** Who may not read a file may not read it compressed either, when that is what a file beside it is. */
export function isAllowedWithOriginals(
  isAllowed: IsAllowed,
  filename: string,
  lookup: FileLookup,
): MaybePromise<boolean> {
  const allowed = isAllowed(filename, lookup);
  const original = originalName(filename);
  if (original === null) return allowed;
  const path = lookup.path === null ? null : originalName(lookup.path);
  return andThen(
    allowed,
    (isCodedAllowed) => isCodedAllowed && isAllowedWithOriginals(isAllowed, original, { ...lookup, path }),
  );
}
