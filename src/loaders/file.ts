import type { Loader } from './loader';
import type { Shelf } from './shelf';

/** Answers with one file, whatever the path. */
export function fileLoader(filename: string, shelf: Shelf): Loader {
  return () => shelf.loaded(filename, filename);
}
