import { basename } from 'node:path';
import type { FileView } from '../files/file-view';
import type { OpenedFile } from '../files/opened-file';
import { extensionOf, originalName, type ContentCoding } from '../http/content-coding';
import type { MaybePromise } from '../maybe-promise';
import type { CheckedOptions } from '../options';
import { proxyLocation } from '../policy/hand-off';
import type { Loaded, Opener } from './loader';

/**
 * What the loaders of files, directories and packages know of the file system and of the options. `root` is what is
 * exported: the folder that a file is in, or the file itself.
 */
export interface Shelf {
  /** Whether a name leads to a regular file now. */
  isFile(filename: string, root: string): boolean;
  /** A file as a loader returns it. */
  loaded(filename: string, root: string): Loaded;
  /** Names of files that stand for their directory, in order of preference. */
  readonly index: readonly string[];
  /** Extensions that a request may leave out, without their dots, in order of preference. */
  readonly extensions: readonly string[];
}

/** The shelf of a view of the file system. `opener` is asked at each request, as it may be overridden. */
export function shelfOf(
  files: FileView,
  opener: (filename: string, root: string) => Opener,
  options: CheckedOptions,
): Shelf {
  const { index, extensions, precompressed, sendfile } = options;

  function openCoded(filename: string, root: string, coding: ContentCoding): MaybePromise<OpenedFile | null> {
    const coded = filename + extensionOf(coding);
    return files.isNoOlder(coded, filename, root) ? opener(coded, root)() : null;
  }

  function loaded(filename: string, root: string): Loaded {
    const name = basename(filename);
    const open = opener(filename, root);
    if (precompressed.length === 0 || originalName(name) !== null) return [name, open];
    // A proxy that sends a file chooses its coding too.
    if (proxyLocation(filename, sendfile) !== null) return [name, open];
    return [name, open, (coding) => openCoded(filename, root, coding)];
  }

  return { isFile: (filename, root) => files.isFile(filename, root), loaded, index, extensions };
}
