import type { SharedFile } from './shared-file';
import type { ContentCoding } from './http/content-coding';
import type { RedirectStatus } from './http/redirect';

/** The options of {@link SharedDataMiddleware}. The first four are Werkzeug's. */
export interface SharedDataOptions {
  /**
   * Files that are not served, though they lie in an export: a pattern or a list of them, with the meaning of
   * Python's `fnmatch` (`*`, `?`, `[a-z]`, `[!a-z]`; a leading dot is a character like others). A pattern without
   * a slash is held against the base name; one with a slash against the path below the export, where `*` stops
   * at a slash, `**` does not, and a trailing slash means all that is in the folder. As in Werkzeug, it takes the
   * place of {@link SharedDataMiddleware.isAllowed}.
   */
  disallow?: string | readonly string[] | undefined;
  /** Whether answers carry validators and a lifetime, and may be 304 or 412. Default: true. */
  cache?: boolean | undefined;
  /** The lifetime in seconds, as `max-age` and Expires. Default: 43200, twelve hours. */
  cacheTimeout?: number | undefined;
  /** The media type of a file whose extension says none. Default: `application/octet-stream`. */
  fallbackMimetype?: string | undefined;
  /**
   * What becomes of a path below an export in which a name starts with a dot, other than `.well-known`:
   * `'ignore'` leaves it to the application, `'deny'` answers 403, `'allow'` serves it, as Werkzeug does.
   * Default: `'ignore'`.
   */
  dotfiles?: 'ignore' | 'deny' | 'allow' | undefined;
  /**
   * Names of files that answer for their directory: `'index.html'`, or a list in order of preference. A directory
   * is then served at its URL with a slash, and its URL without one is redirected there. Default: none.
   */
  index?: false | string | readonly string[] | undefined;
  /** Extensions that a request may leave out, such as `['html']`, in order of preference. Default: none. */
  extensions?: readonly string[] | undefined;
  /** The status of the redirect to a directory's slash. Default: 308. */
  redirect?: RedirectStatus | undefined;
  /**
   * Whether `app.js.br`, `app.js.zst` and `app.js.gz` beside `app.js` are sent to clients that accept them
   * (RFC 9110 §12.5.3): true, or a list of codings in order of preference. One that is older than its original is
   * not. Default: false.
   */
  precompressed?: boolean | readonly ContentCoding[] | undefined;
  /**
   * The value of Cache-Control in place of `max-age=<cacheTimeout>, public`, or a function that tells it of a
   * file. Expires agrees with its `max-age`; without one there is none (RFC 9111 §5.3).
   */
  cacheControl?: string | ((file: SharedFile) => string) | undefined;
  /**
   * Which files never change under their name, by a RegExp or a function over the path below the export: they are
   * sent with `max-age=31536000, public, immutable` (RFC 8246). Default: none.
   */
  immutable?: RegExp | ((path: string) => boolean) | undefined;
  /**
   * What the ETags of files are made of that are too large to be kept in memory: `'version'`, of what tells the versions
   * of a file on this machine apart; or `'content'`, so that the same bytes have the same tag on every machine. The
   * content is read once a version, when the file is first asked for; answers before that is done have no ETag. Those of smaller
   * files are made of the content anyway. Default: `'version'`.
   */
  etags?: 'version' | 'content' | undefined;
  /**
   * Where symbolic links in an exported directory may lead: `'follow'`, anywhere, as with Werkzeug, nginx and other
   * servers; or `'inside'`, no further than the directory: a link out of it is as good as no file. The exported
   * directory may itself be a link. Default: `'follow'`.
   */
  symlinks?: 'follow' | 'inside' | undefined;
  /** Whether parts of files may be asked for (RFC 9110 §14). Default: true. */
  acceptRanges?: boolean | undefined;
  /**
   * Leaves the sending of files to a proxy in front, such as nginx, which gets their place in a header field: who may
   * have them, their media type and lifetime are decided here; conditions, ranges and codings by the proxy. Default: none.
   */
  sendfile?: SendfileOptions | undefined;
  /** Bytes of file content that are kept in memory; 0 keeps none. Default: 67108864, 64 MiB. */
  memoryLimit?: number | undefined;
  /**
   * Where package exports are looked up from: a file, a folder, or a `file:` URL such as `import.meta.url`.
   * Default: the main module, else the working directory.
   */
  resolveFrom?: string | URL | undefined;
}

/** How files are handed off to a proxy. */
export interface SendfileOptions {
  /** The header field that the proxy looks for: `X-Accel-Redirect` for nginx, `X-Sendfile` for Apache and others. */
  readonly header: string;
  /** The folder whose files are handed off; any other file is sent as ever. */
  readonly from: string;
  /** What the proxy knows that folder by, escaped where it needs to be: the path of an internal location, or the folder's own. */
  readonly to: string;
}

/** {@link SharedDataOptions} with the defaults filled in. */
export interface CheckedOptions {
  readonly disallow: readonly string[] | undefined;
  readonly cache: boolean;
  readonly cacheTimeout: number;
  readonly fallbackMimetype: string;
  readonly dotfiles: 'ignore' | 'deny' | 'allow';
  readonly index: readonly string[];
  readonly extensions: readonly string[];
  readonly redirect: RedirectStatus;
  readonly precompressed: readonly ContentCoding[];
  readonly cacheControl: SharedDataOptions['cacheControl'];
  readonly immutable: SharedDataOptions['immutable'];
  readonly etags: 'version' | 'content';
  readonly symlinks: 'follow' | 'inside';
  readonly sendfile: SendfileOptions | undefined;
  readonly acceptRanges: boolean;
  readonly memoryLimit: number;
  readonly resolveFrom: string | URL | undefined;
}
