import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { fstatFile, isSameVersion, type FileVersion } from './file-version';
import { readBuffer, readBufferSync } from './read';

/**
 * Files up to this many bytes are read synchronously: the thread pool would take ten times as long. This
 * happens once per version, right after a `stat` of the same file.
 */
const SYNC_READ_MAX = 64 * 1024;

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
export function readVersion(descriptor: number, before: FileVersion, attempt = 1): MaybePromise<ReadVersion> {
  const size = Number(before.size);
  const reading = size <= SYNC_READ_MAX ? readBufferSync(descriptor, size) : readBuffer(descriptor, 0, size);
  return andThen(reading, (content) => {
    const after = fstatFile(descriptor) ?? before;
    const isConsistent = isSameVersion(before, after) && content.length === size;
    if (isConsistent || attempt === ATTEMPTS) return { content, version: after, isConsistent };
    return readVersion(descriptor, after, attempt + 1);
  });
}
