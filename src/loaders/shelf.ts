import type { Loaded } from './loader';

/** What the loaders of files, directories and packages know of the file system and of the options. */
export interface Shelf {
  /** Whether a name leads to a regular file now. */
  isFile(filename: string): boolean;
  /** A file as a loader returns it. */
  loaded(filename: string): Loaded;
  /** Names of files that stand for their directory, in order of preference. */
  readonly index: readonly string[];
  /** Extensions that a request may leave out, without their dots, in order of preference. */
  readonly extensions: readonly string[];
}
