import { safeJoin } from '../../paths/safe-join';
import type { Loader } from '../../types';
import type { FileSource } from './file-source';

/** Finds the files below a directory. */
export function directoryLoader(directory: string, source: FileSource): Loader {
  source.roots.add(directory);
  return (path) => {
    const filename = path === null ? fileAt(directory, source) : fileBelow(directory, path, source);
    return filename === undefined ? null : source.result(filename, directory);
  };
}

function fileAt(filename: string, source: FileSource): string | undefined {
  return source.isFile(filename, filename) ? filename : undefined;
}

/** The file for a path. A path that is empty or ends in a slash stands for the index of a directory. */
function fileBelow(directory: string, path: string, source: FileSource): string | undefined {
  const { index, extensions } = source;
  const isDirectory = path === '' || path.endsWith('/');
  const endings = isDirectory ? index : ['', ...extensions.map((extension) => `.${extension}`)];
  for (const ending of endings) {
    const filename = safeJoin(directory, path + ending);
    if (filename !== null && source.isFile(filename, directory)) return filename;
  }
  return undefined;
}
