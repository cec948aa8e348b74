import { isCanonicalPath } from '../http/request-path';
import { isPlainOnWindows } from '../policy/windows-names';

/**
 * The file that a slash-separated path names below a folder: Werkzeug's `safe_join`. Null for a path that could
 * lead out of the folder or that is a second spelling of a file's path. A trailing slash is one: it names a
 * folder.
 */
export function safeJoin(folder: string, path: string): string | null {
  if (path === '' || path.endsWith('/') || !isCanonicalPath(`/${path}`)) return null;
  if (process.platform === 'win32' && !isPlainOnWindows(path)) return null;
  return folder.endsWith('/') ? folder + path : `${folder}/${path}`; // a slash separates on Windows too
}
