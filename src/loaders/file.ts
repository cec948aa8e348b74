import { basename } from 'node:path';
import type { Loader, Opener } from './loader';

/** Answers with one file, whatever the path. */
export function fileLoader(filename: string, opener: (filename: string) => Opener): Loader {
  const name = basename(filename);
  return () => [name, opener(filename)];
}
