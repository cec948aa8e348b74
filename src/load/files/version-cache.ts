import { LRUCache } from 'lru-cache';
import type { DiskVersion } from './disk-file';
import { isSameVersion, type FileVersion } from './file-version';
import { MemoryFile, memorySize } from './memory-file';

/** What is kept about a version of a file. Of a small file that was requested once, only the version. */
export type KeptVersion = MemoryFile | DiskVersion | 'seen-once';

interface Entry {
  readonly root: string;
  readonly version: FileVersion;
  readonly value: KeptVersion;
  /** What the entry counts, in bytes. */
  readonly size: number;
}

/** A file takes at most this fraction of the memory, so that a few large files do not evict all others. */
const MAX_FRACTION = 16;

/** The same, together with its encodings. */
const MAX_ENCODED_FRACTION = 4;

/** The size in bytes of the largest file whose content is kept. */
export function maxContent(memoryLimit: number): number {
  return Math.floor(memoryLimit / MAX_FRACTION);
}

/**
 * The size of an entry without its content, in bytes: 1.6 KiB of objects, most of them the header fields of its
 * responses, and what V8 and the allocator add.
 */
export const ENTRY_OVERHEAD = 2048;

/** The contents of small files, and what is known about large ones, as long as they fit into the memory. */
export class VersionCache {
  /** The size in bytes of the largest file whose content is kept. */
  readonly maxContent: number;
  readonly #maxEncoded: number;
  readonly #entries: LRUCache<string, Entry> | undefined;
  /** The last version that was found to be that of an entry. Comparing two takes ten reads from memory. */
  #compared: { readonly version: FileVersion; readonly entry: Entry } | undefined;

  /** @param memoryLimit bytes of content to keep in memory. 0 keeps none. */
  constructor(memoryLimit: number) {
    this.maxContent = maxContent(memoryLimit);
    this.#maxEncoded = memoryLimit / MAX_ENCODED_FRACTION;
    this.#entries = memoryLimit === 0 ? undefined : new LRUCache({ maxSize: memoryLimit });
  }

  /** What is kept about a version of a file. */
  get(filename: string, version: FileVersion): KeptVersion | undefined {
    const entry = this.#entries?.get(filename);
    return entry !== undefined && this.#isOf(entry, version) ? entry.value : undefined;
  }

  /** Whether a version of a file is kept that was found below a root. */
  has(filename: string, root: string, version: FileVersion): boolean {
    const entry = this.#entries?.peek(filename);
    return entry?.root === root && this.#isOf(entry, version);
  }

  #isOf(entry: Entry, version: FileVersion): boolean {
    if (this.#compared?.version === version && this.#compared.entry === entry) return true;
    if (!isSameVersion(entry.version, version)) return false;
    this.#compared = { version, entry };
    return true;
  }

  /**
   * Keeps a version of a file that was found below a root. When the cache is full, the content of a file is
   * admitted on its second request (scan resistance): a client that requests every file once does not evict the
   * files that others request again and again.
   */
  keep(filename: string, root: string, version: FileVersion, file: MemoryFile | DiskVersion): void {
    const value = file instanceof MemoryFile && !this.#admits(filename, file) ? 'seen-once' : file;
    const contentSize = value instanceof MemoryFile ? memorySize(value.size) : 0;
    const size = contentSize + filename.length + ENTRY_OVERHEAD;
    this.#entries?.set(filename, { root, version, value, size }, { size });
    if (value instanceof MemoryFile) value.keptWith((bytes) => this.#reserve(filename, value, bytes));
  }

  /** Counts more bytes for an entry, if its value is still this file. */
  #reserve(filename: string, file: MemoryFile, bytes: number): boolean {
    const entry = this.#entries?.peek(filename);
    if (entry?.value !== file) return false;
    const size = entry.size + bytes;
    if (size > this.#maxEncoded) return false;
    if (bytes !== 0) this.#entries?.set(filename, { ...entry, size }, { size });
    return true;
  }

  #admits(filename: string, file: MemoryFile): boolean {
    const { calculatedSize = 0, maxSize = 0 } = this.#entries ?? {};
    const fits = calculatedSize + memorySize(file.size) < maxSize - ENTRY_OVERHEAD;
    return fits || this.#entries?.has(filename) === true;
  }
}

/** Whether a value is that of a large file. */
export function isDiskVersion(value: KeptVersion | undefined): value is DiskVersion {
  return typeof value === 'object' && !(value instanceof MemoryFile);
}
