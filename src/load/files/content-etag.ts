import { webcrypto } from 'node:crypto';
import { closeSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { fstatFile, isRacy, isSameVersion, type FileVersion } from './file-version';
import { openForReading, readBuffer } from './read';

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

  /** The ETag of a version, or null until it is known. */
  get(filename: string, version: FileVersion): string | null {
    const entry = this.#entries.get(filename);
    if (entry !== undefined && isSameVersion(entry.version, version)) return entry.etag;
    if (!isRacy(version, Date.now())) this.#compute(filename, { version, etag: null });
    return null;
  }

  #compute(filename: string, entry: Entry): void {
    this.#entries.set(filename, entry);
    this.#queue = this.#queue.then(async () => {
      try {
        entry.etag = await contentETag(filename, entry.version);
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
export async function contentETag(filename: string, version: FileVersion): Promise<string | null> {
  const descriptor = openForReading(filename);
  const isUnchanged = (): boolean => {
    const current = fstatFile(descriptor);
    return current !== null && isSameVersion(current, version);
  };
  try {
    if (!isUnchanged()) return null;
    const size = Number(version.size);
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < size; at += PIECE_SIZE) {
      hashes.push(await sha256(await readBuffer(descriptor, at, Math.min(PIECE_SIZE, size - at))));
    }
    const hash = await sha256(Buffer.concat(hashes));
    return isUnchanged() ? `"${size.toString(16)}-${Buffer.from(hash).toString('base64url')}"` : null;
  } finally {
    closeSync(descriptor);
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes));
}
