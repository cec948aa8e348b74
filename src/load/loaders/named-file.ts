import { isAbsolute, resolve } from 'node:path';
import { dotfileError, hasDotName } from '../../paths/dotfiles';
import { safeJoin } from '../../paths/safe-join';
import type { Dotfiles, LoaderResult, SharedRequest } from '../../types';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { resultIfFile, type FileSource } from './file-source';

/** Where a file that a handler sends is looked for. */
export interface NamedFileSearch {
  /** The directory that the filename is below. Undefined for an absolute filename. */
  readonly root: string | undefined;
  readonly source: FileSource;
  readonly dotfiles: Dotfiles;
}

/**
 * Finds a file by the name that an application gives. Below a root, the same names are found as below an export of
 * this directory. Without one, the name is absolute, and the application has chosen the whole of it; a name with
 * `..` may be one that a client has chosen a part of, so it is refused.
 *
 * @param filename a path below the root, with slashes, or an absolute path
 * @param request the request, which tells the encodings that the client accepts
 * @throws an error with the status 403 for a dotfile with `dotfiles: 'deny'`
 */
export function findNamedFile(
  filename: string,
  { root, source, dotfiles }: NamedFileSearch,
  request: SharedRequest,
): MaybePromise<LoaderResult | null> {
  if (root === undefined) {
    const path = resolve(filename);
    return isPlainPath(filename) ? resultIfFile(path, path, source) : null;
  }
  const directory = resolve(root);
  const path = safeJoin(directory, filename);
  if (path === null) return null;
  if (dotfiles !== 'allow' && hasDotName(filename)) {
    if (dotfiles === 'deny') throw dotfileError();
    return null;
  }
  return andThen(
    resultIfFile(path, directory, source),
    (result) => result ?? source.findEncoding?.(path, directory, request) ?? null,
  );
}

/** Whether a path is absolute and has no segment `..`. */
function isPlainPath(filename: string): boolean {
  return isAbsolute(filename) && !/[/\\]\.\.(?:[/\\]|$)|\0/.test(filename);
}
