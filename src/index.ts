/**
 * The middleware, and the types that it is used with.
 *
 * @module shared-data-middleware
 */
export { SharedDataMiddleware } from './shared-data';
export { NotFound } from './app';
export type { App, NextFunction } from './app';
export type { FileLookup } from './find';
export type { SharedFile } from './shared-file';
export type { ContentCoding } from './http/content-coding';
export type { Answer, HeaderFields } from './http/answer';
export type { RedirectStatus } from './http/redirect';
export type { FailedMessage, PassedMessage, ServedMessage } from './observe';
export type { Exports, ExportTarget } from './exports';
export type { CodedOpener, Loaded, Loader, Opener, SharedRequest } from './loaders/loader';
export type { MaybePromise } from './maybe-promise';
export type { OpenedFile } from './files/opened-file';
export type { SendfileOptions, SharedDataOptions } from './options';
