import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { resolve } from 'node:path';
import { disallows } from './access/disallow';
import { isStoredFileAllowed } from './access/is-allowed';
import { fallbackAnswer } from './decide/fallback';
import { namedFile } from './decide/named-file';
import { Responder } from './decide/respond';
import { publishFailure, publishOutcome, reportError } from './diagnostics';
import { Compressor } from './encode/compressor';
import { isGetOrHead, methodNotAllowed } from './http/methods';
import { plainResponse } from './http/plain-response';
import { withStatusInFront } from './http/status-in-front';
import { Listing } from './listing/listing';
import { innermostRoot } from './load/files/containment';
import { proxyLocation } from './load/files/delegated-file';
import { defaultETag } from './load/files/stat-etag';
import { FileStore } from './load/files/file-store';
import { maxContent } from './load/files/version-cache';
import { directoryLoader } from './load/loaders/directory';
import { embeddedFirst, isSingleExecutable } from './load/loaders/embedded';
import { fileLoader } from './load/loaders/file';
import { createFileSource, type FileSource } from './load/loaders/file-source';
import { warnIfMissing } from './load/loaders/missing-export';
import { findNamedFile } from './load/loaders/named-file';
import { packageLoader } from './load/loaders/package';
import { ExportIndex } from './match/export-index';
import { findFallback } from './match/find-fallback';
import { findFile, type ResolvedFile } from './match/find-file';
import { matchExports, type Match } from './match/match-exports';
import { checkApp, exportLoaders, type Exports } from './options/exports';
import {
  checkFileOptions,
  downloadOptions,
  type CheckedFileOptions,
  type DownloadOptions,
  type FileOptions,
} from './options/file-options';
import type { CheckedOptions, Fallback, SharedDataOptions } from './options/options';
import { validateOptions } from './options/validate';
import { guardedRequest } from './paths/canonical-target';
import { abortResponse } from './send/abort-response';
import { errorResponse, noSuchFile, publicError } from './send/error-response';
import { NotFound } from './send/not-found';
import { send } from './send/send';
import type {
  Answer,
  App,
  FileLookup,
  Loader,
  NextFunction,
  Opener,
  SharedFile,
  SharedRequest,
} from './types';
import { andThen, isPromise, orElse, type MaybePromise } from './util/maybe-promise';
import { withResource } from './util/resource';

const DONE = Promise.resolve();

/**
 * Serves files, directories and package data, and passes every other request to the application that it
 * wraps. A port of `werkzeug.middleware.shared_data.SharedDataMiddleware`.
 *
 * Exports are searched in order. An export matches if its prefix is the request path, or the start of the
 * path up to a slash. The first export whose loader has a file responds. If none has, if {@link isAllowed}
 * returns false, or if the method is neither GET nor HEAD, the application gets the unchanged request.
 *
 * The methods are meant to be overridden. As in Werkzeug, the constructor calls the three `get…Loader`
 * methods. The fields of a subclass are not set at that time: read them in the loader that the method
 * returns, which is called for each request.
 *
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { SharedDataMiddleware } from 'shared-data-middleware';
 *
 * class Assets extends SharedDataMiddleware {
 *   override isAllowed(filename: string): boolean {
 *     return !filename.endsWith('.map');
 *   }
 * }
 *
 * const assets = new Assets(app, { '/static': 'public', '/lib': ['some-package', 'dist'] });
 * createServer(assets.listener).listen(8000, '127.0.0.1');
 * ```
 */
export class SharedDataMiddleware {
  /** The application that gets the requests that no export responds to. */
  app: App;
  /** Whether responses have validators and a lifetime. */
  cache: boolean;
  /** The lifetime of a response in seconds. */
  cacheTimeout: number;
  /** The media type of a file whose extension is unknown. */
  fallbackMimetype: string;

  /** {@link handle}, bound, for `http.createServer`, `https.createServer` and `http2.createSecureServer`. */
  readonly listener = (
    req: IncomingMessage | Http2ServerRequest,
    res: ServerResponse | Http2ServerResponse,
  ): void => {
    // Node designed the classes of HTTP/2 to be used like those of HTTP/1.1.
    void this.handle(req as IncomingMessage, res as ServerResponse);
  };

  /**
   * The middleware for Express, Connect and Polka. Requests that no export responds to go to `next()` instead
   * of {@link app}, and errors go to `next(error)`.
   *
   * A file is served at one target only, because a guard in front may compare targets without decoding them:
   * `/%40admin`, which would pass a guard on `/@admin`, is redirected to it, and `GET http://host/private` goes
   * to `next()`.
   *
   * @example
   * ```ts
   * import express from 'express';
   *
   * express().use(new SharedDataMiddleware(null, { '/static': 'public' }).middleware);
   * ```
   */
  readonly middleware = (req: IncomingMessage, res: ServerResponse, next: NextFunction): void => {
    this.handle(req, res, next).catch(next);
  };

  readonly #options: CheckedOptions;
  readonly #store: FileStore;
  readonly #source: FileSource;
  readonly #responder: Responder;
  readonly #listing: Listing | undefined;
  #exports: [string, Loader][];
  /** Whether nobody else has the list, so that it does not change. */
  #areExportsFixed = true;
  readonly #overridesExports = overridesExports(this);
  #exportIndex: ExportIndex | undefined;

  readonly #match = (requestPath: string): readonly Match[] => {
    if (!this.#areExportsFixed || this.#overridesExports) return matchExports(this.exports, requestPath);
    this.#exportIndex ??= new ExportIndex(this.#exports);
    return this.#exportIndex.match(requestPath);
  };

  /** The application, which gets a request without an answer, may change files. */
  readonly #beforeApp = (answer: Answer | null): Answer | null => {
    if (answer === null) this.#store.endSharing();
    return answer;
  };

  /**
   * @param app the application for requests that no export responds to; null stands for {@link NotFound}
   * @param exports prefixes and what they export, in the order in which they are searched
   * @param options see {@link SharedDataOptions}
   * @throws TypeError for a wrong app, export or option. The message names the value and what was expected.
   * @throws Error for a package that is not found. The message says where it was looked for.
   */
  constructor(app: App | null, exports: Exports, options: SharedDataOptions = {}) {
    const checked = validateOptions(options);
    this.app = checkApp(app) ?? NotFound;
    this.cache = checked.cache;
    this.cacheTimeout = checked.cacheTimeout;
    this.fallbackMimetype = checked.fallbackMimetype;
    this.#options = checked;
    this.#store = new FileStore(checked);
    this.#source = createFileSource(this.#store, (filename, root) => this.opener(filename, root), checked);
    this.#responder = new Responder(this, checked, createCompressor(checked), (method) =>
      this.#overrides(method),
    );
    this.#exports = exportLoaders(exports, this);
    if (checked.disallow !== undefined) this.#disallow(checked.disallow);
    if (checked.listing !== false)
      this.#listing = new Listing(
        this,
        () => (this.#overridesExports ? this.exports : this.#exports),
        checked,
      );
  }

  /**
   * The exports as pairs of a prefix and a loader, searched in order for each request. Push to the list,
   * assign a new one, or override the accessor. Werkzeug's `exports`.
   */
  get exports(): [string, Loader][] {
    this.#areExportsFixed = false;
    return this.#exports;
  }

  /** Replaces all exports, from the next request on. */
  set exports(exports: [string, Loader][]) {
    this.#areExportsFixed = false;
    this.#exports = exports;
  }

  /**
   * Whether a file may be served. If not, the application gets the request. Returns true unless overridden.
   * The option `disallow` replaces this method. Werkzeug's `is_allowed`.
   *
   * Denying `app.js` also denies `app.js.br` and the other encodings of it.
   *
   * If an override reads `lookup.request`, other requests may be denied, so shared caches must not keep the
   * response: the default Cache-Control is then `private` instead of `public`, also for `immutable` files. To
   * say otherwise, set the option `cacheControl`. Whoever decides by something else that differs between clients,
   * such as an `AsyncLocalStorage`, sets it too.
   *
   * @param filename the base name of the file
   * @param lookup how the file was found: the prefix, the path below it, and the request
   * @returns true to serve the file, or a promise of it
   */
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean> {
    return true;
  }

  /**
   * Creates the loader of an export that is a file. It responds to the prefix and to all paths below it.
   * Werkzeug's `get_file_loader`.
   *
   * @param filename the path of the file, as the export gives it
   */
  getFileLoader(filename: string): Loader {
    return fileLoader(resolve(filename), this.#source);
  }

  /**
   * Creates the loader of an export that is `[package, path]`. Werkzeug's `get_package_loader`.
   *
   * @param packageName an installed package, the application's own, or a directory in one: `pkg`,
   *   `@scope/pkg`, `pkg/sub`
   * @param packagePath the directory or file in the package; an empty path stands for the whole package
   * @param more the other elements of the export's array, for overrides that need them
   * @throws Error if there is no such package. The message says where it was looked for.
   */
  getPackageLoader(packageName: string, packagePath: string, ...more: string[]): Loader {
    return embeddedFirst(`${packageName}/${packagePath}`, this.#options, () =>
      packageLoader(packageName, packagePath, this.#options.resolveFrom, this.#source),
    );
  }

  /**
   * Creates the loader of an export that is a directory, or a path that does not exist yet. Werkzeug's
   * `get_directory_loader`.
   *
   * For a path that does not exist, emits a warning with the code `SHARED_DATA_EXPORT_MISSING`, once. Dotfiles
   * and the embedded assets of single executable applications need not exist.
   *
   * @param directory the path of the directory, as the export gives it; an empty path stands for the working
   *   directory, as in Werkzeug, but is an error as an export
   */
  getDirectoryLoader(directory: string): Loader {
    if (!isSingleExecutable()) warnIfMissing(directory);
    return embeddedFirst(directory, this.#options, () => directoryLoader(resolve(directory), this.#source));
  }

  /**
   * Creates the function that opens a file of the three loaders above. Werkzeug's `_opener`.
   *
   * @param filename an absolute path
   * @param root the directory that links may not leave with `symlinks: 'inside'`: that of the export, or the
   *   file itself if the file is exported
   * @default root the innermost exported directory that contains the file, else the file's own directory
   */
  opener(filename: string, root: string = innermostRoot(filename, this.#store.roots)): Opener {
    const location = proxyLocation(filename, this.#options.sendfile);
    if (location !== null) return () => this.#store.delegate(filename, root, location);
    return () => this.#store.open(filename, root);
  }

  /**
   * Returns the entity tag of a file (RFC 9110 §8.8.3), with or without quotes, or null for a response
   * without one. Werkzeug's `generate_etag`.
   *
   * By default it is the tag that the file has of its own, else the SHA-256 of the content, so that the same
   * bytes have the same tag on every machine. An override that calls `super.generateEtag` passes on all arguments.
   *
   * @param mtime when the content last changed
   * @param fileSize the length in bytes
   * @param realFilename the base name of the file
   * @param content the whole content, if it is in memory
   * @param etag the tag that the file has of its own: a large file one made of its `stat`, an object the one
   *   of its store; null if it is to have none; undefined if it has none
   */
  generateEtag(
    mtime: Date,
    fileSize: number,
    realFilename: string,
    content?: Uint8Array,
    etag?: string | null,
  ): MaybePromise<string | null> {
    return etag === undefined ? defaultETag(mtime, fileSize, realFilename, content) : etag;
  }

  /**
   * Adds, changes or removes header fields of the response for a file. Does nothing unless overridden.
   *
   * The fields are those of a 200. A 206 and a 304 follow from them: conditions are compared with the ETag and
   * Last-Modified that are set here, each part of a multipart response has the Content-Type that is set here, and
   * Expires agrees with Cache-Control. Errors have none of these fields. Content-Length, Content-Range,
   * Content-Encoding and Accept-Ranges cannot be changed, and Vary keeps what the response depends on.
   * A strong ETag that is set here is that of the file; encodings of it get the coding added.
   *
   * @param headers the fields of a 200 for the file
   * @param file the file that is sent
   * @param request the request
   *
   * @example
   * ```ts
   * override setHeaders(headers: Headers): void {
   *   headers.set('Access-Control-Allow-Origin', '*');
   * }
   * ```
   */
  setHeaders(headers: Headers, file: SharedFile, request: SharedRequest): MaybePromise<void> {
    return undefined;
  }

  /**
   * Responds when a loader throws or a file cannot be read. An error with a `status` of 400 to 599 gets that
   * status, EACCES and EPERM get 403, EMFILE, ENFILE and ENOTCONN 503, all others 500. The body reveals
   * nothing about the machine. With `next`, the error is passed to it instead. Errors of the application are
   * not handled here.
   *
   * Without `next` and unless this method is overridden, an error that gets 500 is written to stderr with its
   * stack and the target of the request, if no one subscribes to `shared-data:failed`.
   *
   * @param error what was thrown
   * @param req the request
   * @param res the response
   * @param next the callback of the framework, if there is one
   */
  handleError(
    error: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    next?: NextFunction,
  ): MaybePromise<void> {
    if (next !== undefined) next(publicError(error));
    else if (res.headersSent) abortResponse(res);
    else return send(errorResponse(error), res);
  }

  /**
   * Returns the response that the exports have for a request, as plain data, or null if the application is to
   * respond. The adapters for other frameworks send it in their own way. The caller must call `close` of the
   * answer, if present, once the body has been sent or abandoned.
   *
   * @param request the request
   * @throws the error of a loader, of an overridden method or of the file system, or rejects with it
   *
   * @example
   * ```ts
   * override async answer(request: SharedRequest): Promise<Answer | null> {
   *   const answer = await super.answer(request);
   *   if (answer !== null) this.served += 1;
   *   return answer;
   * }
   * ```
   */
  answer(request: SharedRequest): MaybePromise<Answer | null> {
    return publishOutcome(request, () =>
      andThen(isGetOrHead(request) ? this.#respond(request) : null, this.#beforeApp),
    );
  }

  /**
   * Returns the response for one file, as plain data, or null if there is no such file. It is for handlers of the
   * application's own, which decide who may read what: for downloads behind a login, error pages, generated files.
   * {@link sendFile} sends it with Node, and the adapters have functions that send it in their frameworks.
   *
   * Preconditions, ranges, stored encodings and header fields are those of a file below an export. `isAllowed` and
   * `disallow` are not asked: the caller has decided. Since that may depend on the request, the default
   * Cache-Control is `private`. To a request with another method than GET and HEAD, the whole file is the response.
   *
   * A filename that a client has chosen, or a part of it, needs the option `root`: the file is then below this
   * directory, whatever the name is. It is not decoded.
   *
   * @param request the request
   * @param filename a path below `root`, with slashes, or without `root` an absolute path without `..`
   * @param options see {@link FileOptions}
   * @throws TypeError for a filename that is no string and for a wrong option
   * @throws the error of an overridden method or of the file system, with a `status`, or rejects with it: 403 for a
   *   file that may not be read, and for a dotfile below `root` with `dotfiles: 'deny'`
   *
   * @example
   * ```ts
   * const shared = new SharedDataMiddleware(null, {});
   * export const report = (request: SharedRequest) =>
   *   shared.answerFile(request, 'report.pdf', { root: 'reports', download: true });
   * ```
   */
  answerFile(
    request: SharedRequest,
    filename: string,
    options: FileOptions = {},
  ): MaybePromise<Answer | null> {
    const checked = checkFileOptions(filename, options);
    return orElse(
      () => publishOutcome(request, () => this.#answerFile(request, filename, checked)),
      (error) => {
        throw publicError(error);
      },
    );
  }

  /**
   * Sends one file from a handler of the application's own, see {@link answerFile}. A status that is set on the
   * response is that of the file, unless `options` have one.
   *
   * @param req the request
   * @param res the response
   * @param filename a path below `root`, with slashes, or without `root` an absolute path without `..`
   * @param options see {@link FileOptions}
   * @returns a promise that resolves when the whole response has been passed to the connection, or when the client
   *   has disconnected. It rejects with an error of {@link answerFile}, or for a file that does not exist with one
   *   that has the `status` 404 and the `code` `ENOENT`. Nothing has been sent then.
   *
   * @example
   * ```ts
   * const shared = new SharedDataMiddleware(null, {});
   * app.get('/reports/:name', async (req, res) => {
   *   await shared.sendFile(req, res, req.params.name, { root: 'reports', headers: { 'Cache-Control': 'no-store' } });
   * });
   * ```
   */
  async sendFile(
    req: IncomingMessage,
    res: ServerResponse,
    filename: string,
    options: FileOptions = {},
  ): Promise<void> {
    const answer = await this.answerFile(withStatusInFront(req, res.statusCode), filename, options);
    if (answer === null) throw noSuchFile();
    await sendAndClose(answer, res);
  }

  /**
   * Sends one file that browsers save instead of showing it. The same as {@link sendFile} with the option `download`.
   *
   * @param req the request
   * @param res the response
   * @param filename a path below `root`, with slashes, or without `root` an absolute path without `..`
   * @param options see {@link DownloadOptions}
   * @returns a promise as that of {@link sendFile}
   *
   * @example
   * ```ts
   * const shared = new SharedDataMiddleware(null, {});
   * app.get('/reports/latest', async (req, res) => {
   *   await shared.download(req, res, 'b7e1.pdf', { root: 'reports', name: 'Résumé 2026.pdf' });
   * });
   * ```
   */
  async download(
    req: IncomingMessage,
    res: ServerResponse,
    filename: string,
    options: DownloadOptions = {},
  ): Promise<void> {
    await this.sendFile(req, res, filename, downloadOptions(options));
  }

  /**
   * Whether an export has a file for a request that may be served, whatever the method.
   *
   * @internal
   */
  hasFile(request: SharedRequest): MaybePromise<boolean> {
    return andThen(
      this.#find(request),
      (file) =>
        file !== null && isStoredFileAllowed(this, file.filename, file.lookup, file.openEncoded?.alone),
    );
  }

  /**
   * Whether a directory or file below an export has the name that its directory lists, see the option `names`.
   *
   * @internal
   */
  hasExactName(filename: string, root: string): MaybePromise<boolean> {
    return this.#store.hasExactName(filename, root);
  }

  /**
   * Responds to a request from the exports, or passes it on. Werkzeug's `__call__`.
   *
   * A status that code in front has set, such as 404 for an error page, is that of a whole file. Conditions and
   * ranges are then ignored.
   *
   * @param req the request
   * @param res the response
   * @param next called if no export responds, or with an error; without it, {@link app} gets the request. With
   *   it, a target that is not canonical is redirected or passed on, see {@link middleware}.
   * @returns a promise that resolves when the whole response has been passed to the connection, or when the
   *   promise that the application returned has resolved; with `next`, when it has been called. It rejects
   *   only with an error of the application.
   */
  handle(req: IncomingMessage, res: ServerResponse, next?: NextFunction): Promise<void> {
    let isSent: MaybePromise<boolean>;
    try {
      const request = next === undefined ? req : guardedRequest(req);
      isSent = andThen(
        this.answer(withStatusInFront(request, res.statusCode)),
        (answer) => answer !== null && sendAndClose(answer, res),
      );
    } catch (error) {
      return this.#fail(error, req, res, next);
    }
    if (!isPromise(isSent)) return isSent ? DONE : this.#passOn(req, res, next);
    return Promise.resolve(isSent).then(
      (done) => (done ? undefined : this.#passOn(req, res, next)),
      (error: unknown) => this.#fail(error, req, res, next),
    );
  }

  /** The response to a request that no export has a file for, or null if the application is to respond. */
  #answerWith(fallback: Fallback, request: SharedRequest): MaybePromise<Answer | null> {
    const found = findFallback(request, fallback, this.#match, this.#options.immutable);
    return andThen(found, (file) => {
      if (file === 'missing') return plainResponse(404);
      const answer = file && this.#responder.respond(file);
      return andThen(answer, (page) => page && fallbackAnswer(page, fallback));
    });
  }

  /** As in Werkzeug, the option replaces the method: also one that a subclass has overridden. */
  #disallow(patterns: readonly string[]): void {
    if (this.#overrides('isAllowed')) {
      process.emitWarning(
        `the option 'disallow' replaces the method isAllowed of ${this.constructor.name}, which is never called`,
        { code: 'SHARED_DATA_DISALLOW_REPLACES_IS_ALLOWED' },
      );
    }
    const isDisallowed = disallows(patterns);
    this.isAllowed = (filename, { path }) => !isDisallowed(filename, path ?? filename);
  }

  /** The response to a GET or HEAD request: a file, else the page of its directory, else the fallback. */
  #respond(request: SharedRequest): MaybePromise<Answer | null> {
    const { fallback } = this.#options;
    const listing = this.#listing;
    const arrival = listing?.arrival() ?? 0;
    const file = andThen(this.#find(request), (found) => found && this.#responder.respond(found));
    const own =
      listing === undefined ? file : andThen(file, (one) => one ?? listing.answer(request, arrival));
    return fallback === undefined ? own : andThen(own, (one) => one ?? this.#answerWith(fallback, request));
  }

  #answerFile(
    request: SharedRequest,
    filename: string,
    options: CheckedFileOptions,
  ): MaybePromise<Answer | null> {
    this.#store.endSharing(); // The application may have written the file.
    const { dotfiles } = this.#options;
    const found = findNamedFile(filename, { root: options.root, source: this.#source, dotfiles }, request);
    return andThen(
      found,
      (loaded) =>
        loaded && this.#responder.respondAllowed(namedFile(loaded, request, filename, options), 'private'),
    );
  }

  #overrides(method: keyof typeof OWN_METHODS): boolean {
    return this[method] !== OWN_METHODS[method];
  }

  async #fail(
    error: unknown,
    req: IncomingMessage,
    res: ServerResponse,
    next: NextFunction | undefined,
  ): Promise<void> {
    if (next === undefined && !this.#overrides('handleError')) reportError(error, req);
    try {
      await this.handleError(error, req, res, next);
    } catch (handlerError) {
      reportError(handlerError, req);
      if (res.headersSent) abortResponse(res);
      else await send(plainResponse(500), res);
    }
  }

  async #passOn(req: IncomingMessage, res: ServerResponse, next: NextFunction | undefined): Promise<void> {
    if (next !== undefined) next();
    else if (this.app === NotFound) await this.#sendNotFound(req, res);
    else await this.app(req, res);
  }

  /** No application handles the request: another method than GET or HEAD, or a directory above the exports. */
  async #sendNotFound(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const answer = isGetOrHead(req)
        ? await this.#listing?.answer(req, 0, true)
        : await this.#refuseMethod(req);
      await sendAndClose(answer ?? plainResponse(404), res);
    } catch (error) {
      await this.#fail(error, req, res, undefined);
    }
  }

  /** 405 for a file or a page that GET would get (RFC 9110 §15.5.6). */
  async #refuseMethod(request: SharedRequest): Promise<Answer | null> {
    const canGet = (await this.hasFile(request)) || ((await this.#listing?.has(request)) ?? false);
    return canGet ? methodNotAllowed() : null;
  }

  #find(request: SharedRequest): MaybePromise<ResolvedFile | null> {
    const { dotfiles, index, redirect } = this.#options;
    this.#store.beginRequest(request.socket);
    return findFile(request, { match: this.#match, dotfiles, hasIndex: index.length > 0, redirect });
  }
}

/** What these methods are unless they are overridden, or replaced in the prototype. */
/* eslint-disable @typescript-eslint/unbound-method -- they are compared only */
const {
  handleError: ownHandleError,
  isAllowed: ownIsAllowed,
  setHeaders: ownSetHeaders,
} = SharedDataMiddleware.prototype;
/* eslint-enable @typescript-eslint/unbound-method */
const OWN_METHODS = { handleError: ownHandleError, isAllowed: ownIsAllowed, setHeaders: ownSetHeaders };

function sendAndClose(answer: Answer, res: ServerResponse): MaybePromise<boolean> {
  return withResource(answer, () => andThen(send(answer, res), () => true));
}

function createCompressor({ compress, memoryLimit }: CheckedOptions): Compressor | undefined {
  return compress && new Compressor(compress, maxContent(memoryLimit), publishFailure);
}

/** Whether a subclass has an accessor for the exports of its own. */
function overridesExports(shared: SharedDataMiddleware): boolean {
  let owner: object = Object.getPrototypeOf(shared) as object;
  while (!Object.hasOwn(owner, 'exports')) owner = Object.getPrototypeOf(owner) as object;
  return owner !== SharedDataMiddleware.prototype;
}
