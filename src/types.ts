import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { MaybePromise } from './util/maybe-promise';

/**
 * An application: what `http.createServer` takes, an Express app, or the `listener` of another middleware.
 */
export type App = (req: IncomingMessage, res: ServerResponse) => unknown;

/** The `next` callback of Express, Connect and Polka. */
export type NextFunction = (error?: unknown) => void;

/** What loaders and overridden methods see of a request. Node's `IncomingMessage` is one. */
export interface SharedRequest {
  /** The method, in capitals. */
  readonly method?: string | undefined;
  /** The request target as it was received: escaped, with its query. */
  readonly url?: string | undefined;
  /** The target before a framework removed the path that it is mounted at. Express and Koa keep it. */
  readonly originalUrl?: string | undefined;
  /** The header fields, with names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /**
   * True if code in front may have compared the target without decoding it, as the guards of frameworks do. A
   * file is then served only at the canonical form of its target. Other forms, such as `/%40admin` for
   * `/@admin`, are redirected to it, and a target in absolute form gets null.
   */
  readonly requiresCanonicalTarget?: boolean | undefined;
  /**
   * The status that code in front has set for the response, such as 404 for an error page. The whole file is
   * then sent with it, and conditions and ranges are ignored.
   */
  readonly responseStatus?: number | undefined;
  /**
   * What the request arrived on.
   *
   * @internal
   */
  readonly socket?: object | undefined;
}

/** A content coding that a file can be stored in, beside the original (RFC 9110 §8.4.1, RFC 8878). */
export type ContentCoding = 'br' | 'zstd' | 'gzip';

/** All of them, smallest results first. */
export const CONTENT_CODINGS: readonly ContentCoding[] = ['br', 'zstd', 'gzip'];

/** Statuses of responses without content, or with a part of it. A whole file cannot be sent with them. */
export const WITHOUT_WHOLE_CONTENT: ReadonlySet<number> = new Set([204, 205, 206, 304]);

/** A content coding that is made with a dictionary which the client has (RFC 9842 §4, §5): Brotli or zstd. */
export type DictionaryCoding = 'dcb' | 'dcz';

/** Both of them, smallest results first. */
export const DICTIONARY_CODINGS: readonly DictionaryCoding[] = ['dcb', 'dcz'];

/** The status of a permanent redirect: 308 keeps the method, 301 is known to old clients (RFC 9110 §15.4). */
export type RedirectStatus = 301 | 308;

/** Which caches may keep a response: all of them, or only that of the client (RFC 9111 §5.2.2.7). */
export type CacheScope = 'public' | 'private';

/** The values of the option `dotfiles`. */
export type Dotfiles = 'ignore' | 'deny' | 'allow';

/**
 * Header fields that a store keeps with a file, by their names in lower case. The option `cacheControl` and
 * {@link SharedDataMiddleware.setHeaders} override them, except Content-Encoding, which says what the bytes are.
 */
export interface FileHeaders {
  /** Sent instead of the default Cache-Control. */
  readonly 'cache-control'?: string | undefined;
  /** Sent with the content. */
  readonly 'content-disposition'?: string | undefined;
  /** The content coding of the bytes, such as `gzip`. Size, ETag and ranges are those of the encoded bytes. */
  readonly 'content-encoding'?: string | undefined;
  /** The media type, instead of the one by the name. Text types without a charset get UTF-8. */
  readonly 'content-type'?: string | undefined;
}

/**
 * One version of a file, open for reading. Werkzeug's openers return the same as `(stream, mtime, size)`;
 * here, reads say which bytes they want.
 */
export interface OpenedFile {
  /** When the content last changed. Sent as Last-Modified. */
  readonly mtime: Date;
  /** Length in bytes. */
  readonly size: number;
  /**
   * The validator that the store has for this version, quoted or not, `W/"…"` for a weak one. Null for a
   * response without an ETag; undefined if {@link SharedDataMiddleware.generateEtag} is to make one.
   */
  readonly etag?: string | null | undefined;
  /** Header fields of the file's own. */
  readonly headers?: FileHeaders | undefined;
  /** The full path of the file, if it has one. The name that is sent is that of the {@link LoaderResult}. */
  readonly filename?: string | undefined;
  /** The whole content, if it is in memory anyway. The ETag is then made of it. */
  readonly content?: Uint8Array | undefined;
  /**
   * The whole content with one character per byte, if it is small. Sending it is faster than sending the bytes.
   *
   * @internal
   */
  readonly latin1?: Latin1 | undefined;
  /**
   * The value of Repr-Digest for a file that is not in memory, or null if it is not known yet.
   *
   * @internal
   */
  readonly digest?: string | null | undefined;
  /**
   * Returns the bytes from `start` to `end`, counted from 0, both included.
   *
   * @throws an error with the code `ESTALE` if the store has replaced this version. The file is then opened
   *   again, once, and the response is decided anew.
   */
  read(start: number, end: number): MaybePromise<Uint8Array | Readable>;
  /** Called once, when the response has been sent or the client has disconnected. */
  close?(): void | Promise<void>;
  /**
   * Where the decision step keeps what it has computed for this version. All openings of one version share
   * it.
   *
   * @internal
   */
  readonly memo?: Memo | undefined;
  /**
   * Counts more bytes that are kept together with the content, such as those of an encoding, towards
   * `memoryLimit`. Returns false if there is no room for them, or if the content is not kept, or no longer. A file
   * that has this method has its `content` and a `memo`, and need not be closed.
   *
   * @internal
   */
  reserve?(bytes: number): boolean;
  /**
   * The value of the `sendfile` header, for a file that a proxy sends.
   *
   * @internal
   */
  readonly location?: string | undefined;
}

/** Bytes, and the same as a string with one character per byte. */
export interface Latin1 {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** A place for a value that is valid as long as a version of a file is. */
export interface Memo {
  value?: unknown;
  /** The encodings that were made of the version. */
  encodings?: unknown;
}

/**
 * Opens a file. Called once per request, and a second time if the first version was replaced before it was
 * read (`ESTALE`). An error with the code `ENOENT` or `ENOTDIR` means that the file no longer exists; the
 * request then goes to the application.
 */
export type Opener = () => MaybePromise<OpenedFile>;

/**
 * Opens a stored encoding of a file, for the option `precompressed`. Returns null if there is none, or if it
 * is older than the file.
 */
export interface EncodedOpener {
  (coding: ContentCoding): MaybePromise<OpenedFile | null>;
  /**
   * The coding of the encoding that is sent, if the file itself does not exist. Rules apply to its name too.
   *
   * @internal
   */
  readonly alone?: ContentCoding;
}

/**
 * Opens a stored delta: an encoding of a file that is made with a dictionary, for the option `dictionaries`.
 * `dictionary` is the first 16 hexadecimal digits of the SHA-256 of the dictionary, in lower case. Returns null
 * if there is none, or if it is older than the file. A delta whose header names another dictionary is not sent.
 */
export type DeltaOpener = (coding: DictionaryCoding, dictionary: string) => MaybePromise<OpenedFile | null>;

/**
 * What a loader found: the base name of the file, which determines the media type and is passed to {@link
 * SharedDataMiddleware.isAllowed}; the function that opens it; and, if encodings or deltas of the file may be
 * stored, the functions that open those.
 */
export type LoaderResult = readonly [
  realFilename: string,
  open: Opener,
  openEncoded?: EncodedOpener | undefined,
  openDelta?: DeltaOpener | undefined,
];

/**
 * Finds the file for a request below the prefix of an export. Werkzeug's `get_directory_loader` and its
 * siblings return such a callable.
 *
 * `path` is what follows the prefix and its slash, decoded and canonical, or null if the request is for the
 * prefix itself. The loader returns null if it has no such file; the next export is then searched.
 *
 * A loader whose result depends on `request`, such as its cookies, must keep shared caches from storing the
 * response: its opener returns `headers: { 'cache-control': 'private' }`. For `isAllowed` that is the default.
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
export interface Loader {
  (path: string | null, request: SharedRequest): MaybePromise<LoaderResult | null>;
  /**
   * Whether the loader has one file for all paths. A path then names no file, so it is no dotfile either.
   *
   * @internal
   */
  readonly ignoresPath?: true;
  /**
   * The directory or file on the disk that is exported, for listings.
   *
   * @internal
   */
  readonly root?: string;
}

/** A file or directory in a {@link DirectoryListing}. */
export interface ListingEntry {
  /** The base name, decoded. */
  readonly name: string;
  /** What is known about a file. Undefined for a directory. */
  readonly file:
    | {
        /** Length in bytes. */
        readonly size: number;
        /** When the content last changed. */
        readonly mtime: Date;
      }
    | undefined;
}

/** What the function of the option `listing` writes a page of. */
export interface DirectoryListing {
  /** The path of the directory below the mount path, decoded, with a slash at both ends. */
  readonly path: string;
  /** What may be served, directories first, then by name. At most 1,000: a large directory has several pages. */
  readonly entries: readonly ListingEntry[];
  /** Which page it is. The target of the second one ends in `?page=2`. */
  readonly page: {
    /** The number of this page, counted from 1. */
    readonly number: number;
    /** How many pages there are. */
    readonly count: number;
  };
}

/** How a file was found. Passed to {@link SharedDataMiddleware.isAllowed}. */
export interface FileLookup {
  /** The prefix of the export that has the file. */
  readonly prefix: string;
  /** The path of the file below the prefix, or null if the request is for the prefix itself. */
  readonly path: string | null;
  /** The request. */
  readonly request: SharedRequest;
}

/** The file of a response, for {@link SharedDataMiddleware.setHeaders} and the option `cacheControl`. */
export interface SharedFile {
  /** The base name, as the loader returned it. */
  readonly filename: string;
  /** The path of the file below the prefix of the export, or null if the request is for the prefix itself. */
  readonly path: string | null;
  /** When the content last changed. */
  readonly mtime: Date;
  /** Length in bytes. */
  readonly size: number;
}

/** Header fields, names and values in turn: the form that `ServerResponse.writeHead` writes fastest. */
export type HeaderFields = string[];

/** A response as plain data, which any front end can send in its own way. */
export interface Answer {
  /** The status code. */
  readonly status: number;
  /**
   * The header fields, names and values in turn. Only Set-Cookie may occur twice.
   * Content-Length is always included.
   */
  readonly headers: HeaderFields;
  /** The content, or null if there is none, as for HEAD, 304 and an empty file. */
  readonly body: Uint8Array | Readable | null;
  /** The file that is sent. Undefined for a redirect or an error. */
  readonly file?: SharedFile | undefined;
  /**
   * The body with one character per byte, if that is faster to send.
   *
   * @internal
   */
  readonly latin1?: Latin1 | undefined;
  /**
   * The Content-Type of the whole file. That of the answer may be another one, or none.
   *
   * @internal
   */
  readonly contentType?: string | undefined;
  /** Closes the file. Must be called once, when the body has been sent or abandoned. */
  close?(): void | Promise<void>;
}

/** A stream whose buffers can be used again once they have been sent. */
export interface RecyclingStream extends Readable {
  /** Takes back a chunk that this stream has emitted. The caller must not use it any more. */
  recycle(chunk: Uint8Array): void;
}
