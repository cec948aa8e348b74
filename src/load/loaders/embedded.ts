import { basename, posix } from 'node:path';
import type * as Sea from 'node:sea';
import type { CheckedOptions } from '../../options/options';
import { deltaName, encodedName, originalName } from '../../paths/encoded-name';
import type { Loader, LoaderResult } from '../../types';
import { enoent } from '../../util/fs-errors';
import { andThen } from '../../util/maybe-promise';
import { MemoryFile } from '../files/memory-file';
import { directoryLoader } from './directory';
import { encodingFinder } from './encoding-alone';
import type { FileSource } from './file-source';

/** The functions of `node:sea` that are needed. */
export type EmbeddedAssets = Pick<typeof Sea, 'isSea' | 'getRawAsset'>;

/** The module `node:sea`. An import of it would fail on runtimes that lack it, such as Bun and Deno. */
function seaModule(): EmbeddedAssets | undefined {
  return process.getBuiltinModule('node:sea');
}

/**
 * In a single executable application: a loader that looks for the files of a directory among the embedded
 * assets first, then on the disk. Python does the same for zipped packages. Elsewhere: the loader of the
 * disk.
 *
 * @param directory the start of the assets' keys: `public` for an asset `public/app.js`
 */
export function embeddedFirst(
  directory: string,
  options: CheckedOptions,
  createDiskLoader: () => Loader,
  assets: EmbeddedAssets | undefined = seaModule(),
): Loader {
  if (assets?.isSea() !== true) return createDiskLoader();
  const onDisk = createIfPossible(createDiskLoader);
  const prefix = posix.normalize(directory).replace(/\/$/, '');
  const embedded = directoryLoader(prefix, createAssetSource(assets, options));
  return (path, request) => andThen(embedded(path, request), (result) => result ?? onDisk(path, request));
}

/** Whether this is a single executable application. */
export function isSingleExecutable(): boolean {
  return seaModule()?.isSea() === true;
}

/** A package whose files are all embedded need not be installed where the executable runs. */
function createIfPossible(createLoader: () => Loader): Loader {
  try {
    return createLoader();
  } catch {
    return () => null;
  }
}

function createAssetSource(
  assets: EmbeddedAssets,
  { index, extensions, precompressed, dictionaries }: CheckedOptions,
): FileSource {
  /** Assets have no time of their own. */
  const loadedAt = new Date(performance.timeOrigin);
  const files = new Map<string, MemoryFile>();

  function fileOf(key: string): MemoryFile | undefined {
    const known = files.get(key);
    if (known !== undefined) return known;
    const content = contentOf(key, assets);
    if (content === undefined) return undefined;
    const file = new MemoryFile(loadedAt, content);
    // Assets are not in the cache, and neither are their encodings.
    file.keptWith(() => true);
    files.set(key, file);
    return file;
  }

  const opener = (key: string) => (): MemoryFile => {
    const file = fileOf(key);
    if (file === undefined) throw enoent(key);
    return file;
  };

  const isAlone = (encoded: string, key: string): boolean =>
    fileOf(encoded) !== undefined && fileOf(key) === undefined;

  function result(key: string): LoaderResult {
    const name = basename(key);
    const open = opener(key);
    const isPlain = precompressed.length === 0 && dictionaries === undefined;
    if (isPlain || originalName(name) !== null) return [name, open];
    return [
      name,
      open,
      (coding) => fileOf(encodedName(key, coding)) ?? null,
      (coding, dictionary) => fileOf(deltaName(key, coding, dictionary)) ?? null,
    ];
  }

  return {
    addRoot: () => undefined,
    isFile: (key) => fileOf(key) !== undefined,
    result,
    findEncoding: encodingFinder({ offered: precompressed, isAlone, opener }),
    index,
    extensions,
  };
}

/** The content of an asset, or undefined: Node throws for a key that no asset has. */
function contentOf(key: string, assets: EmbeddedAssets): Uint8Array | undefined {
  try {
    const content: ArrayBuffer | string = assets.getRawAsset(key);
    return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
  } catch {
    return undefined;
  }
}
