import type { Memo } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import type { Representation } from './representation';

/** What a representation is made of, besides the version of the file. */
export interface RepresentationKey {
  readonly filename: string;
  readonly fallbackMimetype: string;
  /** What the option `mimeTypes` says. */
  readonly mediaType: string | undefined;
  readonly cacheControl: string;
  readonly cache: boolean;
  readonly coding: string | undefined;
  readonly vary: string | undefined;
  readonly useAsDictionary: string | undefined;
}

interface CachedRepresentation {
  readonly key: RepresentationKey;
  readonly representation: Representation;
}

/**
 * The representation that is kept with a version of a file if it was made of the same settings, else a new
 * one. `memo` is undefined for a file that a loader opens anew for each request.
 *
 * A Last-Modified in the future is limited to the current time, so such a representation is not kept.
 */
export function cachedRepresentation(
  memo: Memo | undefined,
  key: RepresentationKey,
  mtime: Date,
  create: () => MaybePromise<Representation>,
): MaybePromise<Representation> {
  if (memo === undefined) return create();
  const cached = memo.value as CachedRepresentation | undefined;
  if (cached !== undefined && isSameKey(cached.key, key)) return cached.representation;
  return andThen(create(), (representation) => {
    if (mtime.getTime() <= Date.now()) {
      // A copy of the key. V8 notices where long-lived objects are created, and would soon create the key of each
      // request in the old generation of the heap.
      memo.value = { key: { ...key }, representation } satisfies CachedRepresentation;
    }
    return representation;
  });
}

function isSameKey(one: RepresentationKey, other: RepresentationKey): boolean {
  return (
    one.filename === other.filename &&
    one.fallbackMimetype === other.fallbackMimetype &&
    one.mediaType === other.mediaType &&
    one.cacheControl === other.cacheControl &&
    one.cache === other.cache &&
    one.coding === other.coding &&
    one.vary === other.vary &&
    one.useAsDictionary === other.useAsDictionary
  );
}
