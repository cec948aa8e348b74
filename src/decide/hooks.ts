import type { CacheControlSettings } from '../http/cache-control';
import { entityTag } from '../http/entity-tags';
import type { FileLookup, OpenedFile, SharedFile, SharedRequest } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';

/** The fields and methods of the middleware that affect a response. Subclasses override them. */
export interface Hooks extends CacheControlSettings {
  readonly fallbackMimetype: string;
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean>;
  generateEtag(
    mtime: Date,
    fileSize: number,
    realFilename: string,
    content?: Uint8Array,
    etag?: string | null,
  ): MaybePromise<string | null>;
  setHeaders(headers: Headers, file: SharedFile, request: SharedRequest): MaybePromise<void>;
}

/** The ETag of a file, as `generateEtag` returns it, in quotes. */
export function callGenerateEtag(
  hooks: Hooks,
  { mtime, size, content, etag }: OpenedFile,
  filename: string,
): MaybePromise<string | undefined> {
  return andThen(hooks.generateEtag(mtime, size, filename, content, etag), (text) =>
    text === null ? undefined : entityTag(text),
  );
}
