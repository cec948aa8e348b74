import { LRUCache } from 'lru-cache';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { SharedTasks } from '../../util/shared-tasks';
import type { Disk } from '../disk/disk';
import type { Disks } from '../disk/disks';
import { onlyCaseAliases } from '../disk/file-system';
import { isSameVersion, versionOf, type FileVersion } from './file-version';
import { now, type Rested } from './rested';

/** How many files are kept whose names were verified. */
const MAX_KNOWN = 10_000;

/** How many names of listed directories are kept. A directory with more of them is read each time. */
const MAX_LISTED_NAMES = 200_000;

interface KnownName {
  readonly version: FileVersion;
  readonly root: string;
}

interface Listing {
  readonly version: FileVersion;
  readonly names: ReadonlySet<string>;
}

/**
 * Tells whether a name is the one that its directory lists. Many file systems also find a file by other names:
 * `APP.JS` or a short name such as `APP~1.JS` for `app.js`. A rule that compares names, such as an overridden
 * `isAllowed`, would not recognise them.
 */
export class ExactNames {
  readonly #disks: Disks;
  readonly #rested: Rested;
  readonly #known = new LRUCache<string, KnownName>({ max: MAX_KNOWN });
  readonly #listings = new LRUCache<string, Listing>({
    maxSize: MAX_LISTED_NAMES,
    sizeCalculation: ({ names }) => names.size + 1,
  });
  readonly #reads = new SharedTasks<ReadonlySet<string>>();

  constructor(disks: Disks, rested: Rested) {
    this.#disks = disks;
    this.#rested = rested;
  }

  /** Whether each name of a path below a root is exact. The part above is the exporter's. */
  isExact(filename: string, root: string, version: FileVersion): MaybePromise<boolean> {
    const known = this.#known.get(filename);
    if (known?.root === root && isSameVersion(known.version, version)) return true;
    const startedAt = now();
    return andThen(this.#disks.ofFile(root, version.dev, filename), ({ fileSystem }) => {
      const start = root.endsWith('/') ? root.length : root.length + 1;
      return andThen(
        this.#areListed(root, filename.slice(start).split('/'), this.#disks.of(root)),
        (isExact) => {
          if (isExact && this.#rested.has(filename, version, fileSystem, startedAt)) {
            this.#known.set(filename, { version, root });
          }
          return isExact;
        },
      );
    });
  }

  /** Whether a directory lists the first name, the directory of that name the second one, and so on. */
  #areListed(directory: string, names: readonly string[], disk: Disk): MaybePromise<boolean> {
    const [name, ...others] = names;
    if (name === undefined) return true;
    return andThen(this.#isListed(directory, name, disk), (isListed) =>
      isListed ? this.#areListed(`${directory.replace(/\/$/, '')}/${name}`, others, disk) : false,
    );
  }

  /** On most local file systems, one `stat` tells that a name has no other spelling. Else the names are read. */
  #isListed(directory: string, name: string, disk: Disk): MaybePromise<boolean> {
    if (disk.fileSystem.isRemote || !ASCII_WITH_LETTER.test(name)) return this.#isRead(directory, name, disk);
    return andThen(disk.fileSystemType(directory), (type) => {
      if (!onlyCaseAliases(type)) return this.#isRead(directory, name, disk);
      return andThen(
        disk.stat(`${directory}/${swapCase(name)}`),
        (alias) => alias === undefined || this.#isRead(directory, name, disk),
      );
    });
  }

  #isRead(directory: string, name: string, disk: Disk): MaybePromise<boolean> {
    return andThen(disk.stat(directory), (stats) => {
      if (stats === undefined) return false;
      const version = versionOf(stats);
      const listing = this.#listings.get(directory);
      if (listing !== undefined && isSameVersion(listing.version, version)) return listing.names.has(name);
      const names = disk.usesPool
        ? this.#reads.run(directory, async () => this.#readNames(directory, version, disk))
        : this.#readNames(directory, version, disk);
      return andThen(names, (all) => all.has(name));
    });
  }

  #readNames(directory: string, version: FileVersion, disk: Disk): MaybePromise<ReadonlySet<string>> {
    const startedAt = now();
    return andThen(disk.readdir(directory), (list) => {
      const names = new Set(list);
      if (this.#rested.has(directory, version, disk.fileSystem, startedAt)) {
        this.#listings.set(directory, { version, names });
      }
      return names;
    });
  }
}

/** Other characters have more than two spellings, and one without letters none in the other case. */
const ASCII_WITH_LETTER = /^(?=.*[A-Za-z])[\x20-\x7e]+$/;

/** The name with each letter in the other case: `aPP.JS` for `App.js`. */
function swapCase(name: string): string {
  return name.replace(/[a-z]+|[A-Z]+/g, (letters) =>
    letters < 'a' ? letters.toLowerCase() : letters.toUpperCase(),
  );
}
