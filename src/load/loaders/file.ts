import type { Loader } from '../../types';
import type { FileSource } from './file-source';

/** Finds one file, whatever the path. */
export function fileLoader(filename: string, source: FileSource): Loader {
  source.addRoot(filename);
  return Object.assign(() => source.result(filename, filename), {
    ignoresPath: true,
    root: filename,
  } as const);
}
