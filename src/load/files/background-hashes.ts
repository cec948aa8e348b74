import { LRUCache } from 'lru-cache';
import { closeQuietly } from '../../util/resource';
import type { Disk } from '../disk/disk';
import { Descriptor } from './descriptor';
import { isSameVersion, type FileVersion } from './file-version';

/** The number of files whose hashes are kept. */
const MAX_FILES = 10_000;

/**
 * The size of the pieces that are hashed. Between two of them, the event loop does something else: copying one takes
 * some hundredths of a millisecond, hashing one on the event loop some tenths.
 */
const PIECE_SIZE = 256 * 1024;

/** Hashes a version of a file. Null if the file is no longer that version. */
export type FileHash = (filename: string, version: FileVersion, disk: Disk) => Promise<string | null>;

interface Entry {
  readonly version: FileVersion;
  hash: string | null;
}

/** Hashes of large files, computed in the background. Each version is hashed once, one file after the other. */
export class BackgroundHashes {
  readonly #entries = new LRUCache<string, Entry>({ max: MAX_FILES });
  readonly #hash: FileHash;
  #queue: Promise<void> = Promise.resolve();

  constructor(hash: FileHash) {
    this.#hash = hash;
  }

  /**
   * The hash of a version, or null until it is known.
   *
   * @param isRested whether the version has been unchanged for so long that its times can be trusted
   */
  get(filename: string, version: FileVersion, isRested: boolean, disk: Disk): string | null {
    const entry = this.#entries.get(filename);
    if (entry !== undefined && isSameVersion(entry.version, version)) return entry.hash;
    if (isRested) this.#compute(filename, { version, hash: null }, disk);
    return null;
  }

  #compute(filename: string, entry: Entry, disk: Disk): void {
    this.#entries.set(filename, entry);
    this.#queue = this.#queue.then(async () => {
      try {
        entry.hash = await this.#hash(filename, entry.version, disk);
      } catch {
        this.#entries.delete(filename); // the next request tries again
      }
    });
  }
}

/**
 * Reads a version of a file piece by piece, and calls a function with each. Returns whether the file was that
 * version all the time.
 */
export async function readPieces(
  filename: string,
  version: FileVersion,
  disk: Disk,
  onPiece: (piece: Buffer<ArrayBuffer>) => void | Promise<void>,
): Promise<boolean> {
  const descriptor = new Descriptor(await disk.open(filename), disk);
  const isUnchanged = async (): Promise<boolean> => {
    const current = await descriptor.version();
    return current !== null && isSameVersion(current, version);
  };
  try {
    if (!(await isUnchanged())) return false;
    const size = Number(version.size);
    for (let at = 0; at < size; at += PIECE_SIZE) {
      await onPiece(await descriptor.readBuffer(at, Math.min(PIECE_SIZE, size - at)));
    }
    return await isUnchanged();
  } finally {
    closeQuietly(descriptor);
  }
}
