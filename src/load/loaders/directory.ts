import { safeJoin } from '../../paths/safe-join';
import type { Loader, LoaderResult } from '../../types';
import { andThen, firstOf, type MaybePromise } from '../../util/maybe-promise';
import { memoize } from '../../util/memoize';
import { resultIfFile, type FileSource } from './file-source';

/** Returns the result for a filename, or null. */
type Find = (filename: string) => MaybePromise<LoaderResult | null>;

/** Finds the files below a directory. */
export function directoryLoader(directory: string, source: FileSource): Loader {
  source.addRoot(directory);
  const { index, findEncoding } = source;
  const endings = ['', ...source.extensions.map((extension) => `.${extension}`)];
  const join = memoize((path) => safeJoin(directory, path));
  const find: Find = (filename) => resultIfFile(filename, directory, source);
  const load: Loader = (path, request) => {
    if (path === null) return find(directory);
    // A path that is empty or ends in a slash stands for the index of a directory.
    const isDirectory = path === '' || path.endsWith('/');
    const names = isDirectory ? index : endings;
    const found = firstFile(path, names, join, find);
    if (findEncoding === undefined) return found;
    const findEncoded: Find = (filename) => findEncoding(filename, directory, request);
    return andThen(found, (result) => result ?? firstFile(path, names, join, findEncoded));
  };
  return Object.assign(load, { root: directory });
}

/** The first file that is found whose path ends in one of `endings`. */
function firstFile(
  path: string,
  endings: readonly string[],
  join: (path: string) => string | null,
  find: Find,
): MaybePromise<LoaderResult | null> {
  return firstOf(endings, (ending) => {
    const filename = join(path + ending);
    return filename === null ? null : find(filename);
  });
}
