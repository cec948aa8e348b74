import { format, types } from 'node:util';
import { namesNoFile } from '../files/file-facts';
import type { OpenedFile } from '../files/opened-file';
import { andThen, isPromise, type MaybePromise } from '../maybe-promise';
import type { Loaded } from './loader';

/** @throws TypeError if what a loader returned is not a {@link Loaded}; the message names the export and the value */
export function checkLoaded(loaded: Loaded, prefix: string): Loaded {
  const [filename, open, openCoded] = (Array.isArray(loaded) ? loaded : []) as unknown[];
  const isCoded = openCoded === undefined || typeof openCoded === 'function';
  if (typeof filename === 'string' && typeof open === 'function' && isCoded) return loaded;
  throw new TypeError(
    format("export '%s': expected its loader to return [filename, open] or null, got %O", prefix, loaded),
  );
}

/** The opened file, or null where it is not there, or has gone since the loader saw it. */
export function openIfThere(open: () => MaybePromise<OpenedFile | null>): MaybePromise<OpenedFile | null> {
  try {
    const opened = andThen(open(), (file) => (file === null ? null : checkOpened(file)));
    return isPromise(opened) ? opened.then(undefined, nullIfGone) : opened;
  } catch (error) {
    return nullIfGone(error);
  }
}

function nullIfGone(error: unknown): null {
  if (namesNoFile(error)) return null;
  throw error;
}

function checkOpened(file: OpenedFile): OpenedFile {
  const { mtime, size, read } = ((file as unknown) ?? {}) as Record<keyof OpenedFile, unknown>;
  const isTime = types.isDate(mtime) && !Number.isNaN(mtime.getTime());
  if (isTime && Number.isSafeInteger(size) && (size as number) >= 0 && typeof read === 'function')
    return file;
  throw new TypeError(format('expected an opened file with mtime, size and read, got %O', file));
}
