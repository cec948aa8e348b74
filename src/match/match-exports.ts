import type { Loader } from '../types';

/**
 * An export that matches a request path. `path` is what follows the prefix, or null if the prefix is all of
 * it.
 */
export interface Match {
  readonly prefix: string;
  readonly loader: Loader;
  readonly path: string | null;
}

/** The exports that match a decoded request path, in the order in which they are searched. */
export function matchExports(exports: Iterable<readonly [string, Loader]>, requestPath: string): Match[] {
  const matches: Match[] = [];
  for (const [prefix, loader] of exports) {
    if (requestPath.startsWith(prefix)) addMatches(matches, prefix, loader, requestPath);
  }
  return matches;
}

/** Adds the matches of an export whose prefix the path starts with: two if the prefix is the path. */
export function addMatches(matches: Match[], prefix: string, loader: Loader, requestPath: string): void {
  if (requestPath.length === prefix.length) matches.push({ prefix, loader, path: null });
  if (prefix.endsWith('/')) matches.push({ prefix, loader, path: requestPath.slice(prefix.length) });
  else if (requestPath.charAt(prefix.length) === '/') {
    matches.push({ prefix, loader, path: requestPath.slice(prefix.length + 1) });
  }
}
