import type { CompressOptions, CompressSettings } from './compress';
import type { MimeTypes } from './media-types';
import type {
  ContentCoding,
  DirectoryListing,
  Dotfiles,
  RedirectStatus,
  SharedFile,
  SharedRequest,
} from '../types';
import type { MaybePromise } from '../util/maybe-promise';

/** The default of the option `timeout`, in milliseconds. */
export const DEFAULT_TIMEOUT = 10_000;

/** The options of {@link SharedDataMiddleware}. The first four are Werkzeug's. */
export interface SharedDataOptions {
  /**
   * Files that are not served: a pattern or a list of patterns in the syntax of Python's `fnmatch` (`*`, `?`,
   * `[a-z]`, `[!a-z]`; a leading dot is an ordinary character). A pattern without a slash is matched against
   * the base name. A pattern with a slash is matched against the path below the export: `*` does not match a
   * slash, `**` does, and a trailing slash stands for everything in the directory. As in Werkzeug, it
   * replaces {@link SharedDataMiddleware.isAllowed}, which is then never called.
   *
   * @default undefined, which denies nothing
   */
  disallow?: string | readonly string[] | undefined;
  /**
   * Whether responses have validators and a lifetime, and may be 304 or 412.
   *
   * @default true
   */
  cache?: boolean | undefined;
  /**
   * The lifetime of a response in seconds, sent as `max-age` and Expires.
   *
   * @default 43200, twelve hours
   */
  cacheTimeout?: number | undefined;
  /**
   * The media type of a file whose extension is unknown.
   *
   * @default 'application/octet-stream'
   */
  fallbackMimetype?: string | undefined;
  /**
   * Media types that are not known, or others than the known ones, by extension: `{ '.glsl': 'text/plain' }`, in
   * capitals or not. Or a function that returns the media type of a file, or undefined for the known one. Text
   * types without a charset get UTF-8. A type that a loader gives its file takes precedence.
   *
   * @default undefined
   */
  mimeTypes?: MimeTypes | undefined;
  /**
   * How to respond to a path below an export with a segment that starts with a dot, except `.well-known`:
   * `'ignore'` passes the request to the application, `'deny'` responds with 403, `'allow'` serves the file,
   * as Werkzeug does. It does not apply below an exported file, where a path names no file.
   *
   * @default 'ignore'
   */
  dotfiles?: 'ignore' | 'deny' | 'allow' | undefined;
  /**
   * The name of the file that is sent for its directory, such as `'index.html'`, or a list of names in order
   * of preference. The directory is then served at its URL with a slash, and its URL without one is
   * redirected.
   *
   * @default false
   */
  index?: false | string | readonly string[] | undefined;
  /**
   * Extensions that a request may omit, without their dots, such as `['html']`, in order of preference.
   *
   * @default []
   */
  extensions?: readonly string[] | undefined;
  /**
   * Whether a directory without an index is shown as a page with its entries: true for the page of this package, or
   * a function that returns another one as HTML. Directories with a path below an export are shown, by the same
   * rules as files: only with entries that would be served. If there is no application to pass requests to, the
   * directories above exports are shown too.
   *
   * The function must escape names for HTML and for URLs. Its page is sent without a Content-Security-Policy.
   *
   * @default false
   */
  listing?: boolean | ListingFunction | undefined;
  /**
   * The status of the redirect from the URL of a directory without its slash to the one with it, if the directory
   * has an {@link index} or is shown by {@link listing}. False passes such a request to the application, as send and
   * serve-static do. Unlike there, true is not a value.
   *
   * @default 308
   */
  redirect?: RedirectStatus | false | undefined;
  /**
   * Whether to send `app.js.br`, `app.js.zst` and `app.js.gz`, stored beside `app.js`, to clients that accept
   * those encodings (RFC 9110 §12.5.3): true, or a list of codings in order of preference. An encoding that
   * is older than its original is not sent. If `app.js` does not exist, clients that accept a stored encoding get
   * it, unless it is denied by either name. For all others there is no such file: if shared caches may keep what
   * the application responds, that needs `Vary: Accept-Encoding`.
   *
   * @default false
   */
  precompressed?: boolean | readonly ContentCoding[] | undefined;
  /**
   * Whether to compress files while they are served, for clients that accept it (RFC 9110 §12.5.3): true, or an
   * object of settings. A file is sent as it is while its encoding is made in the thread pool, and encoded from then
   * on. Each version is compressed once and kept in memory with the file, see {@link memoryLimit}. It applies to
   * files of exported files, directories and packages with a compressible media type that are kept in memory.
   * Stored encodings take precedence, see {@link precompressed}.
   *
   * @default false
   */
  compress?: boolean | CompressOptions | undefined;
  /**
   * Which files are dictionaries, so that a client that has an old version of a file downloads only what has
   * changed (RFC 9842). A file whose URL path matches `match` is sent with `Use-As-Dictionary: match="…"`, and if
   * the client has a dictionary, as the delta that `shared-data compress --dictionaries-from` has stored beside it.
   * Of a list, the first rule that matches applies. A function selects files by itself, and returns undefined for
   * a file that is no dictionary; deltas are then sent of all files.
   *
   * @default undefined, no file
   */
  dictionaries?:
    | UseAsDictionary
    | readonly UseAsDictionary[]
    | ((file: SharedFile) => UseAsDictionary | undefined)
    | undefined;
  /**
   * The value of Cache-Control in place of `max-age=<cacheTimeout>, public`, or a function that returns it
   * for a file. If an overridden {@link SharedDataMiddleware.isAllowed} reads the request, the default is
   * `private` instead of `public`; a value given here replaces that too. Expires agrees with its `max-age`;
   * without `max-age` there is no Expires (RFC 9111 §5.3). Unlike the option of the same name of send and
   * serve-static, it is not a boolean.
   *
   * @default undefined, Werkzeug's value
   */
  cacheControl?: string | ((file: SharedFile) => string) | undefined;
  /**
   * Which files never change under their name: a RegExp, or a function of the path below the export. They are
   * sent with `max-age=31536000, public, immutable` (RFC 8246), or `private` as with {@link cacheControl}. Since
   * they do not change, each is looked up once a second at most: one that is deleted may be served for that long.
   * Unlike the option of the same name of send and serve-static, it is not a boolean.
   *
   * @default undefined, no file
   */
  immutable?: RegExp | ((path: string) => boolean) | undefined;
  /**
   * The file that is sent for the routes of a single-page application, by its path below an export: a navigation
   * below the prefix of an export that has no file for it gets this file, from the first such export that has it.
   * A navigation is a GET or HEAD request of a browser for a page. All other requests without a file go to the
   * application, except those for missing files that {@link immutable} selects: they get 404.
   *
   * It is sent with `Cache-Control: no-cache`, or `no-store` with the status 404, and `Vary: Accept,
   * Sec-Fetch-Mode`. A file that may not be served counts as missing.
   *
   * @default undefined, no file
   */
  fallback?: string | FallbackOptions | undefined;
  /**
   * What the ETags of files that are too large for memory are made of. `'stat'`: what `stat` returns, which
   * tells the versions of a file on one machine apart. `'content'`: the content, so that the same bytes have
   * the same ETag on every machine; each version is read once, when the file is first requested, and
   * responses before that have no ETag. The ETags of smaller files are always made of the content.
   *
   * @default 'stat'
   */
  etags?: 'stat' | 'content' | undefined;
  /**
   * Whether all ETags are weak (RFC 9110 §8.8.1), for a proxy or a framework's plugin that compresses
   * responses and keeps their ETag. Weak ETags revalidate as strong ones do, but an interrupted download
   * starts again. Behind middleware that replaces `res.write`, such as `compression`, the ETags of
   * compressible files are weak in any case.
   *
   * @default false
   */
  weakEtags?: boolean | undefined;
  /**
   * Whether responses have the SHA-256 of the whole file, or of the encoding of it that is sent, in Repr-Digest (RFC
   * 9530), with which a client verifies a download that it has made in parts. Files that are too large for memory
   * are read once for it, in the background: responses before that have none. Leave it off if something behind the
   * middleware compresses responses.
   *
   * @default false
   */
  digest?: boolean | undefined;
  /**
   * Where symbolic links in an exported directory may lead. `'follow'`: anywhere, as with Werkzeug and nginx.
   * `'inside'`: to files below the directory; other links are treated as missing files, and links to dotfiles
   * as dotfiles. The exported directory itself may be a link. In both cases, `disallow` and {@link
   * SharedDataMiddleware.isAllowed} decide by the name of the link.
   *
   * @default 'follow'
   */
  symlinks?: 'follow' | 'inside' | undefined;
  /**
   * By which names files are found. `'exact'`: only by those that their directories list, on every file system.
   * `'any'`: by all that the file system accepts: with letters of the other case on macOS, Windows and network
   * drives, by short names such as `GIT~1` on NTFS. Rules that compare names, such as `disallow` and {@link
   * SharedDataMiddleware.isAllowed}, do not recognise those.
   *
   * @default 'exact'
   */
  names?: 'exact' | 'any' | undefined;
  /**
   * How files are looked up, opened and read. `'sync'`: on the event loop, which is faster on a disk that
   * responds at once, and stops the application on one that does not. `'async'`: by the thread pool. `'auto'`:
   * by the thread pool on network and FUSE file systems, and on a local disk while it is slow.
   *
   * @default 'auto'
   */
  io?: 'auto' | 'sync' | 'async' | undefined;
  /**
   * How long, in milliseconds, an operation of a disk may take in the thread pool, including the wait for
   * others. A listing waits as long for the listings that were requested before it on its connection. The response
   * is then 503 with Retry-After, or it is aborted if it has begun.
   *
   * @default 10000
   */
  timeout?: number | undefined;
  /**
   * Whether clients may request ranges (RFC 9110 §14).
   *
   * @default true
   */
  acceptRanges?: boolean | undefined;
  /**
   * Lets a proxy in front, such as nginx, send the files. The response names the file in a header field;
   * access, media type and lifetime are decided here, preconditions, ranges and encodings by the proxy.
   *
   * @default undefined
   */
  sendfile?: SendfileOptions | undefined;
  /**
   * The bytes of file content to keep in memory. 0 keeps none. Each file counts for 2 KiB more than its content.
   *
   * @default 67108864, 64 MiB
   */
  memoryLimit?: number | undefined;
  /**
   * Where the packages of exports are looked up from: a file, a directory, or a `file:` URL such as
   * `import.meta.url`.
   *
   * @default the main module, else the working directory
   */
  resolveFrom?: string | URL | undefined;
}

/** Writes the page of a directory: a complete HTML document. */
export type ListingFunction = (listing: DirectoryListing, request: SharedRequest) => MaybePromise<string>;

/** What a file is a dictionary for (RFC 9842 §2.1). */
export interface UseAsDictionary {
  /**
   * The URL paths that the dictionary is for, from the root of the host and percent-encoded as in a URL, such as
   * `'/assets/app.*.js'`: `*` stands for any characters, also slashes. Other characters with a meaning in URL
   * patterns, such as `:`, `?`, `+` and brackets, are not allowed.
   */
  readonly match: string;
  /** A name of the dictionary, which clients send back in Dictionary-ID: up to 1024 characters of ASCII. */
  readonly id?: string | undefined;
  /**
   * The destinations of requests that the dictionary is for, as Fetch defines them, such as `['script']`.
   *
   * @default all
   */
  readonly matchDest?: readonly string[] | undefined;
}

/** How files are delegated to a proxy. */
export interface SendfileOptions {
  /**
   * The header field that the proxy reads: `X-Accel-Redirect` for nginx, `X-Sendfile` for Apache and others.
   */
  readonly header: string;
  /** The directory whose files are delegated. All other files are sent from here. */
  readonly from: string;
  /**
   * The name of that directory for the proxy, percent-encoded where necessary: the path of an internal
   * location, or the directory itself.
   */
  readonly to: string;
}

/** What is sent for navigations that no file responds to. */
export interface FallbackOptions {
  /** The path of the file below an export. */
  readonly file: string;
  /**
   * The status: 200 for the page of an application, 404 for an error page. Conditions and ranges do not apply to
   * an error page.
   *
   * @default 200
   */
  readonly status?: 200 | 404 | undefined;
}

/** The option `fallback`, with its default filled in. */
export interface Fallback {
  readonly file: string;
  readonly status: 200 | 404;
}

/** {@link SharedDataOptions} with the defaults filled in. */
export interface CheckedOptions {
  readonly disallow: readonly string[] | undefined;
  readonly cache: boolean;
  readonly cacheTimeout: number;
  readonly fallbackMimetype: string;
  /** The option `mimeTypes`. */
  readonly mediaTypeOf: ((file: SharedFile) => string | undefined) | undefined;
  readonly dotfiles: Dotfiles;
  readonly index: readonly string[];
  readonly extensions: readonly string[];
  readonly listing: boolean | ListingFunction;
  readonly redirect: RedirectStatus | false;
  readonly precompressed: readonly ContentCoding[];
  readonly compress: CompressSettings | undefined;
  readonly dictionaries: SharedDataOptions['dictionaries'];
  readonly cacheControl: SharedDataOptions['cacheControl'];
  readonly immutable: SharedDataOptions['immutable'];
  readonly fallback: Fallback | undefined;
  readonly etags: 'stat' | 'content';
  readonly weakEtags: boolean;
  readonly digest: boolean;
  readonly symlinks: 'follow' | 'inside';
  readonly names: 'exact' | 'any';
  readonly io: 'auto' | 'sync' | 'async';
  readonly timeout: number;
  readonly sendfile: SendfileOptions | undefined;
  readonly acceptRanges: boolean;
  readonly memoryLimit: number;
  readonly resolveFrom: string | URL | undefined;
}
