import type { OpenedFile } from '../../types';
import { enoent, isOutOfDescriptors } from '../../util/fs-errors';
import { andThen, ignoreRejection, isPromise, orElse, type MaybePromise } from '../../util/maybe-promise';
import type { Disk, DiskOptions } from '../disk/disk';
import { Disks } from '../disk/disks';
import { BackgroundHashes } from './background-hashes';
import { contentDigest } from './content-digest';
import { contentETag } from './content-etag';
import { DelegatedFile } from './delegated-file';
import { Descriptor } from './descriptor';
import { DiskFile, isComplete, type DiskVersion } from './disk-file';
import { isRacy, isSameVersion, modifiedAt, type FileVersion } from './file-version';
import { Lookup, type LookupOptions } from './lookup';
import { MemoryFile } from './memory-file';
import { OpenFiles, type Lease } from './open-files';
import { readVersion } from './read-version';
import { now, Rested, type Instant } from './rested';
import { statETag } from './stat-etag';
import { isDiskVersion, VersionCache, type KeptVersion } from './version-cache';

/** The content of a file that is being read for requests that have found a version of it. */
interface Load {
  readonly root: string;
  readonly version: FileVersion;
  readonly file: PromiseLike<OpenedFile>;
}

/** The settings of a {@link FileStore}. */
export interface FileStoreOptions extends DiskOptions, LookupOptions {
  /** Bytes of content to keep in memory. 0 keeps none. */
  readonly memoryLimit: number;
  /** What the ETags of files are made of that are too large for memory. */
  readonly etags: 'stat' | 'content';
  /** Whether files that are too large for memory have a digest. */
  readonly digest: boolean;
}

/**
 * One consistent view of the files below the exports: each response is made from one version of a file. The
 * content of small files is kept in memory, and used as long as `stat` shows that the file is unchanged.
 *
 * `root` is what is exported: the directory that contains the file, or the file itself.
 */
export class FileStore {
  /** What is exported. */
  readonly roots = new Set<string>();
  readonly #contentETags: BackgroundHashes | undefined;
  readonly #digests: BackgroundHashes | undefined;
  readonly #cache: VersionCache;
  readonly #disks: Disks;
  readonly #rested = new Rested();
  readonly #lookup: Lookup;
  readonly #openFiles = new OpenFiles();
  /** The content that is being read, by filename. */
  readonly #loads = new Map<string, Load>();

  constructor(options: FileStoreOptions) {
    const { memoryLimit, etags, digest } = options;
    this.#disks = new Disks(options);
    this.#contentETags = etags === 'content' ? new BackgroundHashes(contentETag) : undefined;
    this.#digests = digest ? new BackgroundHashes(contentDigest) : undefined;
    this.#cache = new VersionCache(memoryLimit);
    this.#lookup = new Lookup(options, this.#disks, this.#rested, this.#cache);
  }

  /** Adds a directory or file that is exported. */
  addRoot(root: string): void {
    this.roots.add(root);
    this.#disks.addRoot(root);
  }

  /**
   * Starts a request, which shares results of look-ups only with requests that were sent at the same time.
   *
   * @param connection what the request arrived on, if that is known
   */
  beginRequest(connection: object | undefined): void {
    this.#lookup.begin(connection);
  }

  /** Must be called when an application gets control, because it may change files. */
  endSharing(): void {
    this.#lookup.forget();
  }

  /** Whether a directory or file below a root is found by an exact name. */
  hasExactName(filename: string, root: string): MaybePromise<boolean> {
    return this.#lookup.hasExactName(filename, root);
  }

  /** Whether a name leads to a regular file. */
  isFile(filename: string, root: string): MaybePromise<boolean> {
    const version = this.#lookup.version(filename, root);
    return isPromise(version) ? version.then(exists) : exists(version);
  }

  /** Whether a name leads to a regular file that was modified no earlier than another. */
  isUpToDate(filename: string, original: string, root: string): MaybePromise<boolean> {
    return andThen(this.#lookup.version(filename, root), (version) => {
      if (version === null) return false;
      return andThen(
        this.#lookup.version(original, root),
        (originalVersion) => originalVersion !== null && version.mtimeNs >= originalVersion.mtimeNs,
      );
    });
  }

  /** Whether a name leads to a regular file, and nothing has the name of its original: no directory or link either. */
  isAlone(filename: string, original: string, root: string): MaybePromise<boolean> {
    return andThen(this.#lookup.version(filename, root), (version) =>
      version === null
        ? false
        : andThen(this.#disks.of(root).exists(original), (hasOriginal) => !hasOriginal),
    );
  }

  /**
   * The current version of a file, for a proxy to send.
   *
   * @throws ENOENT if the name does not lead to a regular file
   */
  delegate(filename: string, root: string, location: string): MaybePromise<DelegatedFile> {
    return andThen(this.#lookup.version(filename, root), (version) => {
      if (version === null) throw enoent(filename);
      return new DelegatedFile(filename, version, location);
    });
  }

  /**
   * Opens the current version of a file.
   *
   * @throws ENOENT if the name does not lead to a regular file
   */
  open(filename: string, root: string): MaybePromise<OpenedFile> {
    const version = this.#lookup.version(filename, root);
    return isPromise(version)
      ? version.then((found) => this.#openVersion(filename, root, found))
      : this.#openVersion(filename, root, version);
  }

  #openVersion(filename: string, root: string, version: FileVersion | null): MaybePromise<OpenedFile> {
    if (version === null) throw enoent(filename);
    const value = this.#cache.get(filename, version);
    if (value instanceof MemoryFile) return value;
    if (version.size <= this.#cache.maxContent) return this.#loadOnce(filename, root, version);
    return this.#reopen(filename, version, value) ?? this.#load(filename, root);
  }

  /** A large file whose descriptor is still open. */
  #reopen(filename: string, version: FileVersion, value: KeptVersion | undefined): DiskFile | undefined {
    if (!isDiskVersion(value) || !isComplete(value)) return undefined;
    const lease = this.#openFiles.lease(filename, version);
    return lease && new DiskFile(filename, lease, value);
  }

  /**
   * Requests that have found the same version of a file share its content while it is read. On a local disk, not
   * if the file was written just now: it may have been written again since the content was read.
   */
  #loadOnce(filename: string, root: string, version: FileVersion): MaybePromise<OpenedFile> {
    const current = this.#loads.get(filename);
    const { isRemote } = this.#disks.of(root).fileSystem;
    const mayShare = isRemote || !isRacy(version, Date.now());
    if (mayShare && current?.root === root && isSameVersion(current.version, version)) {
      // The file may have grown meanwhile, so that each request needs a descriptor of its own.
      return current.file.then((file) => (file instanceof MemoryFile ? file : this.#load(filename, root)));
    }
    const file = this.#load(filename, root);
    if (!isPromise(file)) return file;
    const load = { root, version, file };
    this.#loads.set(filename, load);
    const end = (): void => {
      if (this.#loads.get(filename) === load) this.#loads.delete(filename);
    };
    file.then(end, end);
    return file;
  }

  #load(filename: string, root: string): MaybePromise<OpenedFile> {
    const disk = this.#disks.of(root);
    return andThen(this.#openOn(disk, filename), (fd) => {
      const descriptor = new Descriptor(fd, disk);
      const file = orElse(
        () => this.#loadOpened(filename, root, descriptor),
        (error) => {
          ignoreRejection(descriptor.close());
          throw error;
        },
      );
      return andThen(file, (loaded) => {
        if (loaded instanceof MemoryFile) ignoreRejection(descriptor.close());
        return loaded;
      });
    });
  }

  /** If no more files can be opened, those are closed that nobody uses now. The next request may succeed. */
  #openOn(disk: Disk, filename: string): MaybePromise<number> {
    return orElse(
      () => disk.open(filename),
      (error) => {
        if (isOutOfDescriptors(error)) this.#openFiles.closeIdle(0);
        throw error;
      },
    );
  }

  #loadOpened(filename: string, root: string, descriptor: Descriptor): MaybePromise<OpenedFile> {
    const startedAt = now();
    return andThen(descriptor.version(), (version) =>
      andThen(this.#lookup.mayServeOpened(descriptor.fd, filename, root), (isAllowed) => {
        if (version === null || !isAllowed) throw enoent(filename);
        if (version.size <= this.#cache.maxContent) {
          return this.#loadContent(filename, root, descriptor, version, startedAt);
        }
        return andThen(
          this.#diskVersion(filename, root, version, startedAt),
          (diskVersion) =>
            new DiskFile(filename, this.#leaseOf(filename, descriptor, diskVersion), diskVersion),
        );
      }),
    );
  }

  /**
   * A version whose times cannot be trusted yet may be another one when it is requested again. On Windows, an open
   * file cannot be replaced by a rename, as a deployment does.
   */
  #leaseOf(filename: string, descriptor: Descriptor, diskVersion: DiskVersion): Lease {
    const { version } = diskVersion;
    const isKept = this.#cache.get(filename, version) !== undefined && isComplete(diskVersion);
    if (isKept && process.platform !== 'win32') {
      return this.#openFiles.add(filename, version, descriptor);
    }
    return { descriptor, release: () => descriptor.close() };
  }

  #diskVersion(filename: string, root: string, version: FileVersion, at: Instant): MaybePromise<DiskVersion> {
    const value = this.#cache.get(filename, version);
    if (isDiskVersion(value) && isComplete(value)) return value;
    return andThen(this.#disks.ofFile(root, version.dev, filename), (disk) => {
      const isRested = this.#rested.has(filename, version, disk.fileSystem, at);
      const etag =
        this.#contentETags === undefined
          ? statETag(version, isRested)
          : this.#contentETags.get(filename, version, isRested, this.#disks.of(root));
      const digest = this.#digests?.get(filename, version, isRested, this.#disks.of(root));
      const diskVersion = { version, etag, digest, memo: {} };
      if (isRested) this.#cache.keep(filename, root, version, diskVersion);
      return diskVersion;
    });
  }

  #loadContent(
    filename: string,
    root: string,
    descriptor: Descriptor,
    before: FileVersion,
    startedAt: Instant,
  ): MaybePromise<MemoryFile> {
    return andThen(readVersion(descriptor, before), ({ content, version, isConsistent }) => {
      const file = new MemoryFile(modifiedAt(version), content, filename);
      if (!isConsistent) return file;
      return andThen(this.#disks.ofFile(root, version.dev, filename), (disk) => {
        if (this.#rested.has(filename, version, disk.fileSystem, startedAt)) {
          this.#cache.keep(filename, root, version, file);
        }
        return file;
      });
    });
  }
}

function exists(version: FileVersion | null): boolean {
  return version !== null;
}
