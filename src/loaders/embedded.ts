import { basename, posix } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { MemoryFile } from '../files/memory-file';
import { extensionOf, originalName } from '../http/content-coding';
import type { CheckedOptions } from '../options';
import { directoryLoader } from './directory';
import type { Loaded, Loader } from './loader';
import type { Shelf } from './shelf';

/** The functions of `node:sea` that are needed. */
export interface EmbeddedAssets {
  isSea(): boolean;
  getRawAsset(key: string): ArrayBuffer | string;
}

/**
 * In a single executable application, a loader that looks for a folder's files among the assets that are embedded in
 * the executable before it looks on the disk: the counterpart of Python's zipped packages. Elsewhere the loader of the
 * disk itself.
 *
 * @param folder the beginning of the assets' keys: `public` for an asset `public/app.js`
 */
export function embeddedFirst(
  folder: string,
  options: CheckedOptions,
  loaderOfDisk: () => Loader,
  assets: EmbeddedAssets = { isSea, getRawAsset },
): Loader {
  if (!assets.isSea()) return loaderOfDisk();
  const onDisk = loaderIfThere(loaderOfDisk);
  const embedded = directoryLoader(posix.normalize(folder).replace(/\/$/, ''), shelfOf(assets, options));
  return (path, request) => embedded(path, request) ?? onDisk(path, request);
}

/** A package whose files are all embedded need not be installed where the executable runs. */
function loaderIfThere(loaderOfDisk: () => Loader): Loader {
  try {
    return loaderOfDisk();
  } catch {
    return () => null;
  }
}

function shelfOf(assets: EmbeddedAssets, { index, extensions, precompressed }: CheckedOptions): Shelf {
  /** An asset has no time but that of its program's start. */
  const loadedAt = new Date(performance.timeOrigin);
  const files = new Map<string, MemoryFile>();

  function fileOf(key: string): MemoryFile | undefined {
    const known = files.get(key);
    if (known !== undefined) return known;
    const content = contentOf(key, assets);
    if (content === undefined) return undefined;
    const file = new MemoryFile(loadedAt, content);
    files.set(key, file);
    return file;
  }

  function loaded(key: string): Loaded {
    const name = basename(key);
    const open = (): MemoryFile => {
      const file = fileOf(key);
      if (file === undefined) throw Object.assign(new Error(`no such asset: ${key}`), { code: 'ENOENT' });
      return file;
    };
    if (precompressed.length === 0 || originalName(name) !== null) return [name, open];
    return [name, open, (coding) => fileOf(key + extensionOf(coding)) ?? null];
  }

  return { isFile: (key) => fileOf(key) !== undefined, loaded, index, extensions };
}

/** Node throws for a key that no asset has. */
function contentOf(key: string, assets: EmbeddedAssets): Uint8Array | undefined {
  try {
    const content = assets.getRawAsset(key);
    return typeof content === 'string' ? Buffer.from(content) : new Uint8Array(content);
  } catch {
    return undefined;
  }
}
