import { basename } from 'node:path';
import type { Loader, Opener } from './loader';
import { safeJoin } from './safe-join';

/** Answers with the files below a folder. */
export function directoryLoader(
  directory: string,
  isFile: (filename: string) => boolean,
  opener: (filename: string) => Opener,
): Loader {
  return (path) => {
    const filename = path === null ? directory : safeJoin(directory, path);
    return filename !== null && isFile(filename) ? [basename(filename), opener(filename)] : null;
  };
}
