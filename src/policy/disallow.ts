import { fnmatch, pathMatch } from './fnmatch';

/**
 * The test that the `disallow` option stands for: whether a file is shut out by its base name, or by its path
 * below the export for patterns with a slash.
 */
export function disallows(patterns: readonly string[]): (name: string, path: string) => boolean {
  const byName = patterns.filter((pattern) => !pattern.includes('/')).map(fnmatch);
  const byPath = patterns
    .filter((pattern) => pattern.includes('/'))
    .map((pattern) => pathMatch(anchored(pattern)));
  return (name, path) => byName.some((matches) => matches(name)) || byPath.some((matches) => matches(path));
}

/** A leading `/` or `./` is where paths begin anyway; a trailing slash means all that is in the folder. */
function anchored(pattern: string): string {
  const relative = pattern.replace(/^\.?\/+/, '');
  return relative.endsWith('/') ? `${relative}**` : relative;
}
