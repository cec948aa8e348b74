import type { Loader } from './loader';
import { safeJoin } from './safe-join';
import type { Shelf } from './shelf';

/** Answers with the files below a directory. */
export function directoryLoader(directory: string, shelf: Shelf): Loader {
  return (path) => {
    const filename = path === null ? fileAt(directory, shelf) : fileBelow(directory, path, shelf);
    return filename === undefined ? null : shelf.loaded(filename, directory);
  };
}

function fileAt(filename: string, shelf: Shelf): string | undefined {
  return shelf.isFile(filename, filename) ? filename : undefined;
}

/** The file that a path stands for: a path with a slash at its end, or none, for the directory's index. */
function fileBelow(directory: string, path: string, shelf: Shelf): string | undefined {
  const { index, extensions } = shelf;
  const isFolder = path === '' || path.endsWith('/');
  const names = isFolder ? index : ['', ...extensions.map((extension) => `.${extension}`)];
  for (const name of names) {
    const filename = safeJoin(directory, path + name);
    if (filename !== null && shelf.isFile(filename, directory)) return filename;
  }
  return undefined;
}
