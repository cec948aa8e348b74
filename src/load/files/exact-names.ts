import { basename, dirname } from 'node:path';
import { LRUCache } from 'lru-cache';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { ExpiringMap } from '../../util/expiring-map';
import { SharedTasks } from '../../util/shared-tasks';
import type { Disk } from '../disk/disk';
import type { Disks } from '../disk/disks';
import { isOverlay, onlyCaseAliases, type FileSystem } from '../disk/file-system';
import { isSameVersion, versionOf, type FileVersion } from './file-version';
import { now, type Instant, type Rested } from './rested';

/** How many files are kept whose names were verified. Then they are verified again, which takes microseconds. */
const MAX_KNOWN = 20_000;

/** How many names of listed directories are kept. A directory with more of them is read each time. */
const MAX_LISTED_NAMES = 200_000;

/** How long, in milliseconds, what is known about a local directory is used for all files in it. */
const DIRECTORY_MS = 1000;

/** Whether a file in a directory can be found by other names. */
type Aliases = 'none' | 'any';

/** The versions of files that were found below a root by an exact name, and are kept for another reason. */
export interface VerifiedFiles {
  has(filename: string, root: string, version: FileVersion): boolean;
}

interface KnownName {
  readonly version: FileVersion;
  readonly root: string;
}

interface Listing {
  readonly version: FileVersion;
  /** Whether the directory had not changed for so long that the listing is complete. */
  readonly isRested: boolean;
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
  readonly #verified: VerifiedFiles;
  readonly #known = new Map<string, KnownName>();
  readonly #listings = new LRUCache<string, Listing>({
    maxSize: MAX_LISTED_NAMES,
    sizeCalculation: ({ names }) => names.size + 1,
  });
  readonly #aliases = new ExpiringMap<string, Aliases>(DIRECTORY_MS);
  /** The roots of directories whose own name is exact. */
  readonly #exactDirectories = new ExpiringMap<string, string>(DIRECTORY_MS);
  readonly #reads = new SharedTasks<ReadonlySet<string>>();

  constructor(disks: Disks, rested: Rested, verified: VerifiedFiles) {
    this.#disks = disks;
    this.#rested = rested;
    this.#verified = verified;
  }

  /** Whether each name of a path below a root is exact. The part above is the exporter's. */
  isExact(filename: string, root: string, version: FileVersion): MaybePromise<boolean> {
    if (this.#verified.has(filename, root, version)) return true;
    const known = this.#known.get(filename);
    if (known?.root === root && isSameVersion(known.version, version)) return true;
    const startedAt = now();
    const [directory, names] = namesBelow(root, filename);
    return andThen(this.#areListed(root, directory, names), (isExact) => {
      if (!isExact || this.#aliases.get(dirname(filename)) === 'none') return isExact;
      return andThen(this.#disks.ofFile(root, version.dev, filename), ({ fileSystem }) => {
        if (this.#isTrusted(filename, version, fileSystem, startedAt)) this.#keep(filename, root, version);
        return true;
      });
    });
  }

  #keep(filename: string, root: string, version: FileVersion): void {
    if (this.#known.size === MAX_KNOWN) this.#known.clear();
    this.#known.set(filename, { version, root });
  }

  /**
   * Whether a rename changes the version of a file or directory. On a local disk, that is known only after a
   * tick of its clock. On a remote one it would take two seconds, in which each request reads the directory
   * again; a rename in the tick in which it was read is then noticed at the next change.
   */
  #isTrusted(name: string, version: FileVersion, fileSystem: FileSystem, at: Instant): boolean {
    return (
      (fileSystem.isRemote && fileSystem.hasChangeTime) || this.#rested.has(name, version, fileSystem, at)
    );
  }

  /** Whether a directory lists the first name, the directory of that name the second one, and so on. */
  #areListed(root: string, directory: string, names: readonly string[]): MaybePromise<boolean> {
    const [name, ...others] = names;
    if (name === undefined) return true;
    const path = `${directory.replace(/\/$/, '')}/${name}`;
    const isExact =
      this.#exactDirectories.get(path) === root || this.#isListed(root, directory, name, others.length > 0);
    return andThen(isExact, (isListed) => (isListed ? this.#areListed(root, path, others) : false));
  }

  /** On most local file systems, one `lstat` tells that a name has no other spelling. Else the names are read. */
  #isListed(root: string, directory: string, name: string, isDirectory: boolean): MaybePromise<boolean> {
    const disk = this.#disks.of(root);
    if (disk.fileSystem.isRemote || !PLAIN_NAME.test(name)) return this.#isRead(root, directory, name);
    return andThen(this.#aliasesIn(directory, name, disk), (aliases) => {
      if (aliases === 'any') return this.#isRead(root, directory, name);
      if (isDirectory) this.#exactDirectories.set(`${directory}/${name}`, root);
      return true;
    });
  }

  /** By which other names the file with a name can be found. */
  #aliasesIn(directory: string, name: string, disk: Disk): MaybePromise<Aliases> {
    const known = this.#aliases.get(directory);
    if (known !== undefined) return known;
    return andThen(disk.fileSystemType(directory), (type) => {
      if (!onlyCaseAliases(type)) return this.#keepAliases(directory, 'any');
      return andThen(disk.exists(`${directory}/${name.toUpperCase()}`), (hasAlias) => {
        // Whether letters of the other case count is a property of the directory, except in an overlay.
        if (hasAlias || isOverlay(type)) return hasAlias ? 'any' : 'none';
        return this.#keepAliases(directory, 'none');
      });
    });
  }

  #keepAliases(directory: string, aliases: Aliases): Aliases {
    this.#aliases.set(directory, aliases);
    return aliases;
  }

  #isRead(root: string, directory: string, name: string): MaybePromise<boolean> {
    const disk = this.#disks.of(root);
    return andThen(disk.stat(directory), (stats) => {
      if (stats === undefined) return false;
      const version = versionOf(stats);
      const listing = this.#listings.get(directory);
      if (listing !== undefined && isSameVersion(listing.version, version)) {
        if (listing.isRested || listing.names.has(name)) return listing.names.has(name);
      }
      const names = disk.usesPool
        ? this.#reads.run(directory, async () => this.#readNames(root, directory, version))
        : this.#readNames(root, directory, version);
      return andThen(names, (all) => all.has(name));
    });
  }

  #readNames(root: string, directory: string, version: FileVersion): MaybePromise<ReadonlySet<string>> {
    const startedAt = now();
    return andThen(this.#disks.of(root).readdir(directory), (list) => {
      const names = new Set(list);
      return andThen(this.#disks.ofFile(root, version.dev, directory), ({ fileSystem }) => {
        const isRested = this.#rested.has(directory, version, fileSystem, startedAt);
        if (isRested || this.#isTrusted(directory, version, fileSystem, startedAt)) {
          this.#listings.set(directory, { version, names, isRested });
        }
        return names;
      });
    });
  }
}

/**
 * Names whose only aliases differ in case. Characters that are not ASCII have more than two forms. An overlay may
 * be on a file system of Windows: with short names, which have `~` or no letter in lower case, such as `ENV` for
 * `.env`, with streams after `:`, or without dots and spaces at the end.
 */
const PLAIN_NAME = /^(?=.*[a-z])(?!.*[~:])[\x20-\x7e]*[^. ]$/;

/** The directory and the names in it that are checked. The encodings of an exported file are beside it. */
function namesBelow(root: string, filename: string): [directory: string, names: string[]] {
  const start = root.endsWith('/') ? root : `${root}/`;
  if (filename.startsWith(start)) return [root, filename.slice(start.length).split('/')];
  return [dirname(filename), [basename(filename)]];
}
