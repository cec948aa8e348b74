import { isPathBelow } from './request-path';
import { isPlainOnWindows } from './windows-names';

/**
 * Joins a directory and a slash-separated path below it: Werkzeug's `safe_join`. Returns null for a path that
 * could lead out of the directory or that is not canonical, such as one with a trailing slash.
 */
export function safeJoin(directory: string, path: string): string | null {
  if (!isPathBelow(path)) return null;
  if (process.platform === 'win32' && !isPlainOnWindows(path)) return null;
  return directory.endsWith('/') ? directory + path : `${directory}/${path}`; // Windows accepts slashes too
}
