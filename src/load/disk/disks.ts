import { isDeepStrictEqual } from 'node:util';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { ExpiringMap } from '../../util/expiring-map';
import { Disk, type DiskOptions } from './disk';
import { fileSystemOf, UNKNOWN_FILE_SYSTEM, type FileSystem } from './file-system';
import { syncOperations } from './operations';
import { threads } from './threads';

/** What is exported, and the disks that files below it were seen on. */
interface Root {
  /** The disk whose operations are used: a remote one if there is one, because it may not respond. */
  disk: Disk;
  readonly devices: Map<bigint, Disk>;
}

/** How long, in milliseconds, the kind of a local disk is used before it is asked again. */
const KIND_MS = 1000;

/** How many roots are kept that are not exported: directories that an overridden method opens files in. */
const MAX_ROOTS = 10_000;

/** The disks that the exported directories and files are on. Roots on one disk share it. */
export class Disks {
  readonly #options: DiskOptions;
  readonly #roots = new Map<string, Root>();
  readonly #devices = new Map<bigint, Disk>();
  /** The root that a device was last asked for its kind for. */
  readonly #asked = new ExpiringMap<bigint, string>(KIND_MS);

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** Finds out which disk a directory or file is on. If that fails, the first request does. */
  addRoot(root: string): void {
    const { disk, devices } = this.#rootOf(root);
    if (disk.fileSystem !== UNKNOWN_FILE_SYSTEM) return;
    try {
      const stats = syncOperations.stat(root);
      if (stats === undefined || devices.has(stats.dev)) return;
      this.#addDevice(root, stats.dev, fileSystemOf(syncOperations.fileSystemType(root), stats.dev, root));
    } catch {
      // The look-up of a file reports the error.
    }
  }

  /** The disk whose operations are used for the files below a root. */
  of(root: string): Disk {
    return this.#rootOf(root).disk;
  }

  /**
   * The disk of a file below a root. Another file system may be mounted in a directory, or in place of it, even
   * with the same device number. A local disk is therefore asked for its kind every second; a remote one, which
   * would take long, is not.
   *
   * @param device the device number of the file
   */
  ofFile(root: string, device: bigint, filename: string): MaybePromise<Disk> {
    const { disk, devices } = this.#rootOf(root);
    const known = devices.get(device);
    if (known?.fileSystem.isRemote || (known !== undefined && this.#asked.get(device) === root)) return known;
    return andThen((known ?? disk).fileSystemType(filename), (type) =>
      this.#addDevice(root, device, fileSystemOf(type, device, filename)),
    );
  }

  #rootOf(path: string): Root {
    const known = this.#roots.get(path);
    if (known !== undefined) return known;
    if (this.#roots.size === MAX_ROOTS) this.#roots.clear();
    const root: Root = { disk: new Disk(UNKNOWN_FILE_SYSTEM, this.#options), devices: new Map() };
    this.#roots.set(path, root);
    return root;
  }

  #addDevice(path: string, device: bigint, fileSystem: FileSystem): Disk {
    const disk = this.#diskOf(device, fileSystem);
    const root = this.#rootOf(path);
    root.devices.set(device, disk);
    this.#asked.set(device, path);
    if (root.disk.fileSystem === UNKNOWN_FILE_SYSTEM || fileSystem.isRemote) root.disk = disk;
    return disk;
  }

  /** The number of a device that is no longer mounted may be that of another one. */
  #diskOf(device: bigint, fileSystem: FileSystem): Disk {
    const known = this.#devices.get(device);
    if (known !== undefined && isDeepStrictEqual(known.fileSystem, fileSystem)) return known;
    const diskThreads = threads.of(device);
    const disk = new Disk(fileSystem, this.#options, diskThreads);
    if (disk.usesPool) threads.reserve(diskThreads);
    this.#devices.set(device, disk);
    return disk;
  }
}
