import type { IncomingHttpHeaders } from 'node:http';
import type { ContentCoding } from '../http/content-coding';
import type { OpenedFile } from '../files/opened-file';
import type { MaybePromise } from '../maybe-promise';

/** What a loader and the policy get to see of a request. Node's `IncomingMessage` is one. */
export interface SharedRequest {
  /** The method, in capitals. */
  readonly method?: string | undefined;
  /** The request target as it came: escaped, with its query. */
  readonly url?: string | undefined;
  /** The target before a framework took off the path that it was mounted below, as Express and Koa keep it. */
  readonly originalUrl?: string | undefined;
  /** The header fields, their names in lower case. */
  readonly headers: IncomingHttpHeaders;
}

/**
 * Opens a file when its answer needs it; called at most once a request. An error with the code `ENOENT` or
 * `ENOTDIR` means that the file has gone, and the request goes to the application.
 */
export type Opener = () => MaybePromise<OpenedFile>;

/**
 * Opens a file as it is stored in a content coding, for the option `precompressed`; null where it is not stored so,
 * or where what is stored is older than the file.
 */
export type CodedOpener = (coding: ContentCoding) => MaybePromise<OpenedFile | null>;

/**
 * What a loader found: the file's base name, which decides on its media type and is what
 * {@link SharedDataMiddleware.isAllowed} judges, and the way to open it; where there are stored content codings
 * of it, also the way to open those.
 */
export type Loaded = readonly [realFilename: string, open: Opener, openCoded?: CodedOpener];

/**
 * Finds the file for a request below an export's prefix: the callable that Werkzeug's `get_directory_loader`
 * and its siblings return.
 *
 * `path` is what follows the prefix and its slash, decoded and in its one spelling, or null where the request
 * is for the prefix itself. The answer is null where the loader has no such file; the next export is then asked.
 *
 * @example
 * ```ts
 * const greetings: Loader = (path) => {
 *   if (path === null) return null;
 *   const content = Buffer.from(`Hello, ${path}\n`);
 *   return [
 *     'greeting.txt',
 *     () => ({ mtime: new Date(0), size: content.length, read: (start, end) => content.subarray(start, end + 1) }),
 *   ];
 * };
 * ```
 */
export type Loader = (path: string | null, request: SharedRequest) => MaybePromise<Loaded | null>;
