import { isCanonicalPath } from '../http/request-path';
import type { CheckedS3Options } from './options';

/** What S3 allows, in bytes. Asked for a longer key, a store fails, and the request would look like trouble of ours. */
const LONGEST_KEY = 1024;

/**
 * The keys that may answer for a path below an export, in order of preference: a path with a slash at its end, or none,
 * is a folder's. Keys that end in a slash are folders made by other programs, and no files.
 */
export function keysFor(path: string | null, { prefix, key, index }: CheckedS3Options): readonly string[] {
  return endingsFor(path, key, index)
    .filter(isKeyEnding)
    .map((ending) => prefix + ending)
    .filter((whole) => Buffer.byteLength(whole) <= LONGEST_KEY);
}

function endingsFor(path: string | null, key: string | undefined, index: readonly string[]): string[] {
  if (path === null) return key === undefined ? [] : [key];
  return path === '' || path.endsWith('/') ? index.map((name) => path + name) : [path];
}

/** Whether a text may follow a prefix: in its one spelling, and no folder's. */
export function isKeyEnding(text: string): boolean {
  return text !== '' && !text.endsWith('/') && isCanonicalPath(`/${text}`);
}
