import type { Loader } from './loaders/loader';

/** An export that a request path matches, and what is left of the path: null where the prefix is the whole of it. */
export interface Match {
  readonly prefix: string;
  readonly loader: Loader;
  readonly path: string | null;
}

/** The exports that a decoded request path matches, in the order in which they are asked. */
export function matchExports(exports: Iterable<readonly [string, Loader]>, requestPath: string): Match[] {
  const matches: Match[] = [];
  for (const [prefix, loader] of exports) {
    if (!requestPath.startsWith(prefix)) continue;
    if (requestPath.length === prefix.length) matches.push({ prefix, loader, path: null });
    if (prefix.endsWith('/')) matches.push({ prefix, loader, path: requestPath.slice(prefix.length) });
    else if (requestPath.charAt(prefix.length) === '/') {
      matches.push({ prefix, loader, path: requestPath.slice(prefix.length + 1) });
    }
  }
  return matches;
}
