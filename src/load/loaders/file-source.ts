import { basename } from 'node:path';
import type { CheckedOptions } from '../../options/options';
import { deltaName, encodedName, originalName } from '../../paths/encoded-name';
import type { DeltaOpener, EncodedOpener, LoaderResult, OpenedFile, Opener } from '../../types';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { proxyLocation } from '../files/delegated-file';
import type { FileStore } from '../files/file-store';
import { encodingFinder, type EncodingFinder } from './encoding-alone';

/**
 * Where the loaders for files, directories and packages get their files from. `root` is what is exported: the
 * directory that contains the file, or the file itself.
 */
export interface FileSource {
  /** Whether a name leads to a regular file. */
  isFile(filename: string, root: string): MaybePromise<boolean>;
  /** Called by each loader with the directory or file that it exports. */
  addRoot(root: string): void;
  /** The result of a loader for a file. */
  result(filename: string, root: string): LoaderResult;
  /** Finds stored encodings without their original. Undefined if no encodings are served. */
  readonly findEncoding: EncodingFinder | undefined;
  /** Names of the files that are sent for their directory, in order of preference. */
  readonly index: readonly string[];
  /** Extensions that a request may omit, without their dots, in order of preference. */
  readonly extensions: readonly string[];
}

/** The result of a loader for a name, or null if the name leads to no file. */
export function resultIfFile(
  filename: string,
  root: string,
  source: FileSource,
): MaybePromise<LoaderResult | null> {
  return andThen(source.isFile(filename, root), (isFile) => (isFile ? source.result(filename, root) : null));
}

/** The source of files on the disk. `opener` is called for each request, because it may be overridden. */
export function createFileSource(
  store: FileStore,
  opener: (filename: string, root: string) => Opener,
  options: CheckedOptions,
): FileSource {
  const { index, extensions, precompressed, dictionaries, sendfile } = options;

  function openStored(encoded: string, filename: string, root: string): MaybePromise<OpenedFile | null> {
    return andThen(store.isUpToDate(encoded, filename, root), (isUpToDate) =>
      isUpToDate ? opener(encoded, root)() : null,
    );
  }

  function isAlone(encoded: string, filename: string, root: string): MaybePromise<boolean> {
    return proxyLocation(filename, sendfile) === null && store.isAlone(encoded, filename, root);
  }

  function result(filename: string, root: string): LoaderResult {
    const name = basename(filename);
    const open = opener(filename, root);
    const isPlain = precompressed.length === 0 && dictionaries === undefined;
    if (isPlain || originalName(name) !== null) return [name, open];
    // A proxy that sends a file chooses its encoding too.
    if (proxyLocation(filename, sendfile) !== null) return [name, open];
    const openEncoded: EncodedOpener = (coding) => openStored(encodedName(filename, coding), filename, root);
    if (dictionaries === undefined) return [name, open, openEncoded];
    const openDelta: DeltaOpener = (coding, dictionary) =>
      openStored(deltaName(filename, coding, dictionary), filename, root);
    return [name, open, openEncoded, openDelta];
  }

  return {
    isFile: (filename, root) => store.isFile(filename, root),
    addRoot: (root) => {
      store.addRoot(root);
    },
    result,
    findEncoding: encodingFinder({ offered: precompressed, isAlone, opener }),
    index,
    extensions,
  };
}
