import { safeJoin } from '../../paths/safe-join';
import type { Loader, LoaderResult } from '../../types';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import type { FileSource } from './file-source';

/** Finds the files below a directory. */
export function directoryLoader(directory: string, source: FileSource): Loader {
  source.addRoot(directory);
  const { index } = source;
  const endings = ['', ...source.extensions.map((extension) => `.${extension}`)];
  return (path) => {
    if (path === null) return resultIfFile(directory, directory, source);
    // A path that is empty or ends in a slash stands for the index of a directory.
    const isDirectory = path === '' || path.endsWith('/');
    return firstFile(directory, path, isDirectory ? index : endings, source);
  };
}

/** The first file whose path ends in one of `endings`. */
function firstFile(
  directory: string,
  path: string,
  endings: readonly string[],
  source: FileSource,
  at = 0,
): MaybePromise<LoaderResult | null> {
  const ending = endings[at];
  if (ending === undefined) return null;
  const filename = safeJoin(directory, path + ending);
  return andThen(
    filename === null ? null : resultIfFile(filename, directory, source),
    (result) => result ?? firstFile(directory, path, endings, source, at + 1),
  );
}

function resultIfFile(filename: string, root: string, source: FileSource): MaybePromise<LoaderResult | null> {
  return andThen(source.isFile(filename, root), (isFile) => (isFile ? source.result(filename, root) : null));
}
