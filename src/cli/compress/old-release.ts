import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Candidate } from './deltas';
import { findTextFiles } from './text-files';

/** How many files of a release are tried as the dictionary of one file. */
const MAX_CANDIDATES = 8;

/** Eight characters before an extension, as Vite and esbuild write them, not all in lower case. */
const BASE64_HASH = /(?<=[-._])(?=[\w-]*[\dA-Z])[\w-]{8}(?=\.)/g;

/** A part of a name with a digit: a hexadecimal hash, or a version. */
const PART_WITH_DIGIT = /(?<=[-._])[^\W_]*\d[^\W_]*(?=[-._])/g;

interface OldFile {
  readonly path: string;
  /** The path below the directory of the release. */
  readonly below: string;
  readonly size: number;
}

/** Finds the files of an older release that may become the dictionary of a file of the new one. */
export type OldRelease = (path: string, size: number) => readonly Candidate[];

/**
 * Reads the names of the text files of an older release.
 *
 * @param onError is called for each directory that cannot be read; the search then continues
 * @returns a function of the path of a file below the new release, and its length in bytes
 */
export async function readOldRelease(
  directory: string,
  onError: (path: string, error: unknown) => void,
): Promise<OldRelease> {
  const byKey = new Map<string, OldFile[]>();
  for (const { path } of await findTextFiles(directory, onError)) {
    const below = relative(directory, path);
    const key = withoutHash(below);
    const files = byKey.get(key) ?? [];
    files.push({ path, below, size: (await stat(path)).size });
    byKey.set(key, files);
  }
  return (below, size) => nearest(byKey.get(withoutHash(below)) ?? [], below, size);
}

/** The file with the same path, then those whose length is nearest: it is likely to be the same file. */
function nearest(files: readonly OldFile[], below: string, size: number): Candidate[] {
  const distance = (file: OldFile): number => (file.below === below ? -1 : Math.abs(file.size - size));
  const sorted = [...files].sort((one, other) => distance(one) - distance(other));
  return sorted
    .slice(0, MAX_CANDIDATES)
    .map((file) => ({ path: file.path, hasSamePath: file.below === below }));
}

/**
 * A path in which each part of the name that may be a hash is replaced by `*`. Two files with the same result may
 * be versions of one file. If they are not, the delta is only larger.
 */
export function withoutHash(path: string): string {
  const start = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1;
  const name = path.slice(start).replace(BASE64_HASH, '*').replace(PART_WITH_DIGIT, '*');
  return path.slice(0, start) + name;
}
