import { closeSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import { dotfileError } from '../../paths/dotfiles';
import type { Dotfiles, OpenedFile } from '../../types';
import { enoent } from '../../util/fs-errors';
import { andThen, isPromise, type MaybePromise } from '../../util/maybe-promise';
import { isServable, linkTarget, openTarget, type LinkTarget } from './containment';
import { ContentETags } from './content-etag';
import { DelegatedFile } from './delegated-file';
import { Descriptor } from './descriptor';
import { DiskFile, type DiskVersion } from './disk-file';
import { statETag } from './stat-etag';
import { fstatFile, isRacy, isSameVersion, modifiedAt, type FileVersion } from './file-version';
import { MemoryFile } from './memory-file';
import { openForReading } from './read';
import { readVersion } from './read-version';
import { StatMemo } from './stat-memo';

/** What is kept about a file. Of a small file that was requested once, only the version. */
interface CacheEntry {
  readonly version: FileVersion;
  readonly value: MemoryFile | DiskVersion | 'seen-once';
}

/** The settings of a {@link FileStore}. */
export interface FileStoreOptions {
  /** Bytes of content to keep in memory. 0 keeps none. */
  readonly memoryLimit: number;
  /** Whether symbolic links may lead anywhere, or only to files inside the `root` of a request. */
  readonly symlinks: 'follow' | 'inside';
  /** Whether links that must stay inside may lead to dotfiles. */
  readonly dotfiles: Dotfiles;
  /** What the ETags of files are made of that are too large for memory. */
  readonly etags: 'stat' | 'content';
}

/** A file takes at most this fraction of the memory, so that a few large files do not evict all others. */
const MAX_FRACTION = 16;

/**
 * The size of a cache entry without its content, in bytes: 1.6 KiB of objects, most of them the header fields of
 * its responses, and what V8 and the allocator add.
 */
const ENTRY_OVERHEAD = 2048;

/**
 * One consistent view of the files below the exports: each response is made from one version of a file. The
 * content of small files is kept in memory, and used as long as `stat` shows that the file is unchanged.
 *
 * `root` is what is exported: the directory that contains the file, or the file itself.
 */
export class FileStore {
  readonly #maxContent: number;
  readonly #symlinks: 'follow' | 'inside';
  readonly #dotfiles: Dotfiles;
  readonly #contentETags: ContentETags | undefined;
  readonly #cache: LRUCache<string, CacheEntry> | undefined;
  readonly #statMemo = new StatMemo();

  constructor({ memoryLimit, symlinks, dotfiles, etags }: FileStoreOptions) {
    this.#symlinks = symlinks;
    this.#dotfiles = dotfiles;
    this.#contentETags = etags === 'content' ? new ContentETags() : undefined;
    this.#maxContent = Math.floor(memoryLimit / MAX_FRACTION);
    this.#cache = memoryLimit === 0 ? undefined : new LRUCache({ maxSize: memoryLimit });
  }

  /**
   * Starts a request, which shares results of `stat` only with requests that were sent at the same time.
   *
   * @param connection what the request arrived on, if that is known
   */
  beginRequest(connection: object | undefined): void {
    this.#statMemo.begin(connection);
  }

  /** Must be called when an application gets control, because it may change files. */
  endSharing(): void {
    this.#statMemo.forget();
  }

  /** Whether a name leads to a regular file. */
  isFile(filename: string, root: string): boolean {
    return this.#stat(filename, root) !== null;
  }

  /** Whether a name leads to a regular file that was modified no earlier than another. */
  isUpToDate(filename: string, original: string, root: string): boolean {
    const [version, originalVersion] = [this.#stat(filename, root), this.#stat(original, root)];
    return version !== null && originalVersion !== null && version.mtimeNs >= originalVersion.mtimeNs;
  }

  /**
   * The current version of a file, for a proxy to send.
   *
   * @throws ENOENT if the name does not lead to a regular file
   */
  delegate(filename: string, root: string, location: string): DelegatedFile {
    return new DelegatedFile(this.#statOrThrow(filename, root), location);
  }

  /**
   * Opens the current version of a file.
   *
   * @throws ENOENT if the name does not lead to a regular file
   */
  open(filename: string, root: string): MaybePromise<OpenedFile> {
    const version = this.#statOrThrow(filename, root);
    const value = this.#cached(filename, version);
    return value instanceof MemoryFile ? value : this.#load(filename, root);
  }

  #statOrThrow(filename: string, root: string): FileVersion {
    const version = this.#stat(filename, root);
    if (version === null) throw enoent(filename);
    return version;
  }

  #stat(filename: string, root: string): FileVersion | null {
    const isAllowed = this.#mayEscapeRoot(filename, root) || this.#mayLeadTo(linkTarget(filename, root));
    return isAllowed ? this.#statMemo.stat(filename) : null;
  }

  /** A file that is exported by its own name may be a link to anywhere. */
  #mayEscapeRoot(filename: string, root: string): boolean {
    return this.#symlinks === 'follow' || filename === root;
  }

  /** @throws an error with the status 403 for a dotfile with `dotfiles: 'deny'` */
  #mayLeadTo(target: LinkTarget): boolean {
    if (target === 'dotfile' && this.#dotfiles === 'deny') throw dotfileError();
    return isServable(target, this.#dotfiles);
  }

  /** The value that is kept for a version of a file. */
  #cached(filename: string, version: FileVersion): CacheEntry['value'] | undefined {
    const entry = this.#cache?.get(filename);
    return entry !== undefined && isSameVersion(entry.version, version) ? entry.value : undefined;
  }

  /** Opening takes as little time as `stat`, so it is synchronous. */
  #load(filename: string, root: string): MaybePromise<OpenedFile> {
    const descriptor = openForReading(filename);
    let file: MaybePromise<OpenedFile> | undefined;
    try {
      const version = fstatFile(descriptor);
      // A link may have been replaced since `stat`: the file that was opened decides.
      const isAllowed =
        this.#mayEscapeRoot(filename, root) || this.#mayLeadTo(openTarget(descriptor, filename, root));
      if (version === null || !isAllowed) throw enoent(filename);
      if (version.size > this.#maxContent) {
        file = new DiskFile(new Descriptor(descriptor), this.#diskVersion(filename, version));
        return file;
      }
      file = this.#loadContent(filename, descriptor, version);
      return isPromise(file) ? closeAfter(descriptor, file) : file;
    } finally {
      if (file === undefined || file instanceof MemoryFile) closeSync(descriptor);
    }
  }

  #diskVersion(filename: string, version: FileVersion): DiskVersion {
    const value = this.#cached(filename, version);
    if (isDiskVersion(value) && value.etag !== null) return value;
    const etag =
      this.#contentETags === undefined ? statETag(version) : this.#contentETags.get(filename, version);
    const diskVersion = { version, etag, memo: {} };
    if (!isRacy(version, Date.now())) this.#keep(filename, version, diskVersion);
    return diskVersion;
  }

  #loadContent(filename: string, descriptor: number, before: FileVersion): MaybePromise<MemoryFile> {
    const startedAt = Date.now();
    return andThen(readVersion(descriptor, before), ({ content, version, isConsistent }) => {
      const file = new MemoryFile(modifiedAt(version), content);
      if (isConsistent && !isRacy(version, startedAt)) {
        this.#keep(filename, version, this.#shouldAdmit(filename, version) ? file : 'seen-once');
      }
      return file;
    });
  }

  /**
   * When the cache is full, a file is admitted on its second request (scan resistance): a client that
   * requests every file once does not evict the files that others request again and again.
   */
  #shouldAdmit(filename: string, { size }: FileVersion): boolean {
    const { calculatedSize = 0, maxSize = 0 } = this.#cache ?? {};
    const fits = calculatedSize + Number(size) < maxSize - ENTRY_OVERHEAD;
    return fits || this.#cache?.has(filename) === true;
  }

  #keep(filename: string, version: FileVersion, value: CacheEntry['value']): void {
    const contentSize = value instanceof MemoryFile ? value.size : 0;
    const size = contentSize + filename.length + ENTRY_OVERHEAD;
    this.#cache?.set(filename, { version, value }, { size });
  }
}

function isDiskVersion(value: CacheEntry['value'] | undefined): value is DiskVersion {
  return typeof value === 'object' && !(value instanceof MemoryFile);
}

async function closeAfter<T>(descriptor: number, reading: PromiseLike<T>): Promise<T> {
  try {
    return await reading;
  } finally {
    closeSync(descriptor);
  }
}
