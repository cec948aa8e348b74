import type { Dir, Dirent, Stats } from 'node:fs';
import { open, opendir, stat } from 'node:fs/promises';
import type { Disk } from '../load/disk/disk';
import { READ_FLAGS } from '../load/disk/operations';
import { safeJoin } from '../paths/safe-join';
import type { ListingEntry, SharedRequest } from '../types';
import { isForbiddenError, isNotFoundError } from '../util/fs-errors';
import { closeQuietly } from '../util/resource';
import type { ListingPolicy } from './policy';

/** A name that may be listed. What costs a system call is not known yet. */
export interface Candidate {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Resolves with the entry, or with null if it is not listed, because it cannot be read. */
  load(): Promise<ListingEntry | null>;
}

/** A directory of an export, and the request for its listing. */
export interface Directory {
  readonly prefix: string;
  /** The path that is exported at the prefix. */
  readonly root: string;
  /** The path of the directory below the prefix: empty, or with a slash at its end. */
  readonly below: string;
  /** The path of the directory in the file system. */
  readonly path: string;
  readonly request: SharedRequest;
}

/** How many names are read at once. The event loop continues in between. */
const NAMES_PER_READ = 256;

/**
 * The names in a directory that the policy does not exclude, as the file system orders them. None if the directory has
 * been removed since it was found.
 */
export async function* readDirectory(
  directory: Directory,
  policy: ListingPolicy,
): AsyncGenerator<Candidate, void, void> {
  const { path, root } = directory;
  const disk = policy.diskOf(root);
  const dir = await orNull(() => disk.run(() => opendir(path, { bufferSize: NAMES_PER_READ }), closeQuietly));
  if (dir === null) return;
  try {
    let dirents: readonly Dirent[];
    while ((dirents = await disk.run(() => readNames(dir))).length > 0) {
      for (const dirent of dirents) {
        const candidate = await candidateOf(dirent, directory, policy);
        if (candidate !== null) yield candidate;
      }
    }
  } finally {
    closeQuietly(dir);
  }
}

/** The next names of a directory, which one operation reads. None at its end. */
async function readNames(dir: Dir): Promise<readonly Dirent[]> {
  const dirents: Dirent[] = [];
  while (dirents.length < NAMES_PER_READ) {
    const dirent = await dir.read();
    if (dirent === null) break;
    dirents.push(dirent);
  }
  return dirents;
}

async function candidateOf(
  dirent: Dirent,
  { prefix, root, below, path, request }: Directory,
  policy: ListingPolicy,
): Promise<Candidate | null> {
  const { name } = dirent;
  const filename = safeJoin(path, name);
  if (filename === null || policy.isHidden(name)) return null;
  const target = dirent.isSymbolicLink() ? await statReachable(filename, root, policy) : dirent;
  const isDirectory = target?.isDirectory() === true;
  if (!isDirectory && target?.isFile() !== true) return null;
  const lookup = { prefix, path: below + name, request };
  const isListed = isDirectory
    ? await policy.isDirectoryAllowed(name, lookup)
    : await policy.isFileAllowed(name, lookup);
  if (!isListed) return null;
  return {
    name,
    isDirectory,
    async load() {
      const stats = (await policy.isReachable(filename, root))
        ? await statReadable(filename, policy.diskOf(root))
        : null;
      // The policy has allowed the name for the one or the other.
      if (stats?.isDirectory() !== isDirectory) return null;
      return isDirectory ? { name, file: undefined } : fileEntry(name, stats);
    },
  };
}

/** The entry of a file. Of its `stat`, a page shows only this. */
export function fileEntry(name: string, { size, mtime }: Stats): ListingEntry {
  return { name, file: { size, mtime } };
}

function statReachable(filename: string, root: string, policy: ListingPolicy): Promise<Stats | null> {
  return orNull(async () =>
    (await policy.isReachable(filename, root)) ? policy.diskOf(root).run(() => stat(filename)) : null,
  );
}

/**
 * The `stat` of a regular file or directory, or null if there is none or it cannot be read. A name that is
 * not UTF-8 also results in null: Node cannot open it by the name that `opendir` returned, and no URL leads
 * to it.
 */
export function statReadable(path: string, disk: Disk): Promise<Stats | null> {
  return orNull(() =>
    disk.run(async () => {
      const stats = await stat(path);
      if (stats.isDirectory()) await (await opendir(path)).close();
      else if (stats.isFile()) await (await open(path, READ_FLAGS)).close();
      else return null;
      return stats;
    }),
  );
}

async function orNull<T>(run: () => Promise<T | null>): Promise<T | null> {
  try {
    return await run();
  } catch (error) {
    if (isNotFoundError(error) || isForbiddenError(error)) return null;
    throw error;
  }
}
