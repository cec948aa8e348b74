/**
 * The middleware and its types.
 *
 * @module shared-data-middleware
 */
export { SharedDataMiddleware } from './middleware';
export { NotFound } from './send/not-found';
export type {
  Answer,
  App,
  ContentCoding,
  DeltaOpener,
  DictionaryCoding,
  DirectoryListing,
  EncodedOpener,
  FileHeaders,
  FileLookup,
  HeaderFields,
  ListingEntry,
  Loader,
  LoaderResult,
  NextFunction,
  OpenedFile,
  Opener,
  RedirectStatus,
  SharedFile,
  SharedRequest,
} from './types';
export type { FailedMessage, PassedMessage, ServedMessage } from './diagnostics';
export type { CompressOptions } from './options/compress';
export type { Exports, ExportTarget } from './options/exports';
export type { DownloadOptions, FileOptions } from './options/file-options';
export type { MimeTypes } from './options/media-types';
export type {
  FallbackOptions,
  ListingFunction,
  SendfileOptions,
  SharedDataOptions,
  UseAsDictionary,
} from './options/options';
export type { MaybePromise } from './util/maybe-promise';
