import { webcrypto } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { closeQuietly } from '../../util/resource';
import type { Disk } from '../disk/disk';
import { Descriptor } from './descriptor';
import { isSameVersion, type FileVersion } from './file-version';

/** The number of files whose ETags are kept. */
const MAX_FILES = 10_000;

/**
 * The size of the pieces that are hashed. Each is copied on the event loop, which takes some hundredths of a
 * millisecond; the rest is done by threads.
 */
const PIECE_SIZE = 256 * 1024;

interface Entry {
  readonly version: FileVersion;
  etag: string | null;
}

/** The ETags of large files by their content. Each version is hashed once, one file after the other. */
export class ContentETags {
  readonly #entries = new LRUCache<string, Entry>({ max: MAX_FILES });
  #queue: Promise<void> = Promise.resolve();

  /**
   * The ETag of a version, or null until it is known.
   *
   * @param isRested whether the version has been unchanged for so long that its times can be trusted
   */
  get(filename: string, version: FileVersion, isRested: boolean, disk: Disk): string | null {
    const entry = this.#entries.get(filename);
    if (entry !== undefined && isSameVersion(entry.version, version)) return entry.etag;
    if (isRested) this.#compute(filename, { version, etag: null }, disk);
    return null;
  }

  #compute(filename: string, entry: Entry, disk: Disk): void {
    this.#entries.set(filename, entry);
    this.#queue = this.#queue.then(async () => {
      try {
        entry.etag = await contentETag(filename, entry.version, disk);
      } catch {
        this.#entries.delete(filename); // the next request tries again
      }
    });
  }
}

/**
 * The ETag of a large file, made of its content only: the same bytes have the same ETag on every machine. It
 * is the SHA-256 of the SHA-256 hashes of its pieces, because only that can be computed by threads in Node.
 * Null if the file is no longer the version that was requested.
 */
export async function contentETag(
  filename: string,
  version: FileVersion,
  disk: Disk,
): Promise<string | null> {
  const descriptor = new Descriptor(await disk.open(filename), disk);
  const isUnchanged = async (): Promise<boolean> => {
    const current = await descriptor.version();
    return current !== null && isSameVersion(current, version);
  };
  try {
    if (!(await isUnchanged())) return null;
    const size = Number(version.size);
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < size; at += PIECE_SIZE) {
      hashes.push(await sha256(await descriptor.readBuffer(at, Math.min(PIECE_SIZE, size - at))));
    }
    const hash = await sha256(Buffer.concat(hashes));
    return (await isUnchanged()) ? `"${size.toString(16)}-${Buffer.from(hash).toString('base64url')}"` : null;
  } finally {
    closeQuietly(descriptor);
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes));
}
