import { basename } from 'node:path';
import { isCanonicalPath } from '../paths/request-path';
import { safeJoin } from '../paths/safe-join';
import type { ListingEntry, Loader, SharedRequest } from '../types';
import { fileEntry, readDirectory, statReadable, type Candidate } from './directory';
import type { ListingPolicy } from './policy';

/** The names of a directory, or of the next segment of a longer prefix. */
export type Source = Iterable<Candidate> | AsyncIterable<Candidate>;

/** An export whose files are on the disk, and the request for a listing. */
interface Place {
  readonly prefix: string;
  /** The directory or file that is exported. */
  readonly root: string;
  /** Whether the export is a file, whatever is there now. */
  readonly isFile: boolean;
  readonly request: SharedRequest;
}

/**
 * What a path stands for: exported directories, and the next segments of longer prefixes. Empty if the path leads to no
 * directory below a prefix, unless directories above prefixes are listed as well.
 *
 * @param path the path of the request, with a slash at its end
 * @param exports the exports in their order; of those whose loader is the application's own, nothing is known
 */
export async function listingSources(
  path: string,
  request: SharedRequest,
  exports: readonly (readonly [string, Loader])[],
  policy: ListingPolicy,
  listsAbove: boolean,
): Promise<Source[]> {
  const sources: Source[] = [];
  let isBelow = listsAbove;
  for (const [prefix, { root, ignoresPath: isFile = false }] of exports) {
    // A prefix that is not canonical never matches a request.
    if (root === undefined || !isCanonicalPath(prefix)) continue;
    const place = { prefix, root, isFile, request };
    const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
    const directory = path.startsWith(base)
      ? await directoryBelow(place, path.slice(base.length), policy)
      : null;
    const source = directory ?? (await entryOfPrefix(place, base, path, policy));
    isBelow ||= directory !== null;
    if (source !== null) sources.push(source);
  }
  return isBelow ? sources : [];
}

/** @param below the path of the directory below the prefix: empty, or with a slash at its end */
async function directoryBelow(
  { prefix, root, isFile, request }: Place,
  below: string,
  policy: ListingPolicy,
): Promise<Source | null> {
  const path = below === '' ? root : safeJoin(root, below.slice(0, -1));
  if (isFile || path === null || policy.isHidden(below)) return null;
  if (!(await policy.hasExactName(path, root))) return null;
  if (!(await policy.isReachable(path, root))) return null;
  if ((await statReadable(path, policy.diskOf(root)))?.isDirectory() !== true) return null;
  if (!(await policy.isPathAllowed(prefix, below, request))) return null;
  return readDirectory({ prefix, root, below, path, request }, policy);
}

/**
 * The next segment of a prefix that is longer than the path.
 *
 * @param base the prefix with a slash at its end
 */
async function entryOfPrefix(
  { prefix, root, request }: Place,
  base: string,
  path: string,
  policy: ListingPolicy,
): Promise<Source | null> {
  if (base === path || !base.startsWith(path)) return null;
  const rest = base.slice(path.length);
  const [name = '', next] = rest.split('/');
  const stats = policy.isHidden(rest) ? null : await statReadable(root, policy.diskOf(root));
  if (stats === null) return null;
  if (stats.isDirectory()) return [loaded({ name, file: undefined })];
  // A file that is exported at `/x/` is not served at `/x`.
  if (prefix === base) return null;
  if (!(await policy.isFileAllowed(basename(root), { prefix, path: null, request }))) return null;
  return [loaded(next === '' ? fileEntry(name, stats) : { name, file: undefined })];
}

function loaded(entry: ListingEntry): Candidate {
  return { name: entry.name, isDirectory: entry.file === undefined, load: () => Promise.resolve(entry) };
}
