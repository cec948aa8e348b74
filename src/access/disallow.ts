import { fnmatch } from './fnmatch';

/**
 * Compiles the option `disallow`. The result tells whether a file is denied: a pattern without a slash is
 * matched against its base name, one with a slash against its path below the export.
 */
export function disallows(patterns: readonly string[]): (name: string, path: string) => boolean {
  const byName = patterns.filter((pattern) => !pattern.includes('/')).map(fnmatch);
  const byPath = patterns
    .filter((pattern) => pattern.includes('/'))
    .map((pattern) => fnmatch(anchored(pattern)));
  return (name, path) => byName.some((matches) => matches(name)) || byPath.some((matches) => matches(path));
}

/**
 * Removes a leading `/` or `./`, since all paths start there. A trailing slash stands for all that is in a
 * directory.
 */
function anchored(pattern: string): string {
  const relative = pattern.replace(/^\.?\/+/, '');
  return relative.endsWith('/') ? `${relative}**` : relative;
}
