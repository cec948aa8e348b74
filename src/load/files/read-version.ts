import { andThen, type MaybePromise } from '../../util/maybe-promise';
import type { Descriptor } from './descriptor';
import { isSameVersion, type FileVersion } from './file-version';

/** How often a file that changes while it is read is read again before the last result is used. */
const ATTEMPTS = 3;

/** The content of a file as it was read. */
export interface ReadVersion {
  readonly content: Uint8Array;
  /** The version after the content was read. */
  readonly version: FileVersion;
  /** Whether the file did not change while it was read. */
  readonly isConsistent: boolean;
}

/**
 * Reads the whole content of an open file, again if it changes meanwhile. `before` is its version when it was
 * opened.
 */
export function readVersion(
  descriptor: Descriptor,
  before: FileVersion,
  attempt = 1,
): MaybePromise<ReadVersion> {
  const size = Number(before.size);
  return andThen(descriptor.readContent(size), (content) =>
    andThen(descriptor.version(), (version) => {
      const after = version ?? before;
      const isConsistent = isSameVersion(before, after) && content.length === size;
      if (isConsistent || attempt === ATTEMPTS) return { content, version: after, isConsistent };
      return readVersion(descriptor, after, attempt + 1);
    }),
  );
}
