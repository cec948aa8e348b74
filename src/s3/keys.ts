import { isPathBelow } from '../paths/request-path';
import type { CheckedS3Options } from './options';

/**
 * The longest key that S3 allows. Stores fail if they are asked for a longer one, which would look like an
 * outage.
 */
const MAX_KEY_BYTES = 1024;

/**
 * The keys of the objects for a path below an export, in order of preference. A path that is empty or ends in
 * a slash stands for the index of a directory. Keys that end in a slash are directories made by other
 * programs, not files.
 */
export function keysFor(path: string | null, { prefix, key, index }: CheckedS3Options): readonly string[] {
  return suffixesFor(path, key, index)
    .filter(isPathBelow)
    .map((suffix) => prefix + suffix)
    .filter((whole) => Buffer.byteLength(whole) <= MAX_KEY_BYTES);
}

function suffixesFor(path: string | null, key: string | undefined, index: readonly string[]): string[] {
  if (key !== undefined) return path === null ? [key] : [];
  if (path === null) return [];
  return path === '' || path.endsWith('/') ? index.map((name) => path + name) : [path];
}
