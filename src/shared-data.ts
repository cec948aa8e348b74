import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { dirname, resolve } from 'node:path';
import { breakOff } from './break-off';
import { checkOptions } from './check-options';
import { checkApp, type App, type NextFunction } from './app';
import { errorAnswer, publicError } from './errors';
import { exportLoaders, type Exports } from './exports';
import { FileAnswers } from './file-answers';
import { FileView } from './files/file-view';
import { defaultEntityTag } from './files/validator';
import { whileOpen } from './files/while-open';
import { findFile, type FileLookup, type Search } from './find';
import { plainAnswer, type Answer } from './http/answer';
import { hasNeedlessEscape } from './http/request-path';
import { directoryLoader } from './loaders/directory';
import { embeddedFirst } from './loaders/embedded';
import { fileLoader } from './loaders/file';
import type { Loader, Opener, SharedRequest } from './loaders/loader';
import { packageLoader } from './loaders/package';
import { shelfOf, type Shelf } from './loaders/shelf';
import { andThen, isPromise, type MaybePromise } from './maybe-promise';
import { observed } from './observe';
import type { CheckedOptions, SharedDataOptions } from './options';
import { disallows } from './policy/disallow';
import { proxyLocation } from './policy/hand-off';
import { send } from './send';
import type { SharedFile } from './shared-file';

const DONE = Promise.resolve();

/**
 * Serves files, directories and package data, and leaves every other request to the application it wraps: a
 * port of `werkzeug.middleware.shared_data.SharedDataMiddleware`.
 *
 * Exports are searched in order. One matches when its prefix is the request path, or the path's beginning up to
 * a slash. The first whose loader has a file answers; if none has, if {@link isAllowed} says no, or if the method
 * is neither GET nor HEAD, the application gets the request untouched.
 *
 * The methods are meant to be overridden. The constructor calls the three `get…Loader` methods, as Werkzeug's
 * does, and the fields of a subclass are not set by then: read them in the loader that is returned, which runs
 * at each request, rather than in the method.
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
  /** The application that gets what no export answers. */
  app: App;
  /** Whether answers carry validators and a lifetime. */
  cache: boolean;
  /** The lifetime in seconds. */
  cacheTimeout: number;
  /** The media type of a file whose extension says none. */
  fallbackMimetype: string;

  /** {@link handle}, bound, for `http.createServer`, `https.createServer` and `http2.createSecureServer`. */
  readonly listener = (
    req: IncomingMessage | Http2ServerRequest,
    res: ServerResponse | Http2ServerResponse,
  ): void => {
    // Node made the two of HTTP/2 to be used as the others.
    void this.handle(req as IncomingMessage, res as ServerResponse);
  };

  /**
   * For Express, Connect and Polka: what no export answers goes to `next()` rather than to {@link app}, and
   * errors go to `next(error)`. A target such as `/%70rivate` goes to `next()` too: it would pass a guard on `/private`.
   *
   * @example
   * ```ts
   * import express from 'express';
   *
   * express().use(new SharedDataMiddleware(null, { '/static': 'public' }).middleware);
   * ```
   */
  readonly middleware = (req: IncomingMessage, res: ServerResponse, next: NextFunction): void => {
    if (hasNeedlessEscape(req.url ?? '')) {
      next();
      return;
    }
    this.#next.set(req, next);
    this.handle(req, res).catch(next);
  };

  readonly #options: CheckedOptions;
  readonly #files: FileView;
  readonly #answers: FileAnswers;
  readonly #shelf: Shelf;
  readonly #next = new WeakMap<IncomingMessage, NextFunction>();
  #exports: [string, Loader][];

  /**
   * @param app gets what no export answers; null stands for {@link NotFound}
   * @param exports prefixes and what they export, in the order in which they are searched
   * @param options see {@link SharedDataOptions}
   * @throws TypeError for a wrong app, export or option; the message names the value and what was expected
   * @throws Error for a package that cannot be found; the message says where it was looked for
   */
  constructor(app: App | null, exports: Exports, options: SharedDataOptions = {}) {
    const checked = checkOptions(options);
    this.app = checkApp(app);
    this.cache = checked.cache;
    this.cacheTimeout = checked.cacheTimeout;
    this.fallbackMimetype = checked.fallbackMimetype;
    this.#options = checked;
    this.#files = new FileView(checked.memoryLimit, checked.symlinks, checked.etags);
    this.#answers = new FileAnswers(this, SharedDataMiddleware.prototype, checked);
    this.#shelf = shelfOf(this.#files, (filename, root) => this.opener(filename, root), checked);
    this.#exports = exportLoaders(exports, this);
    if (checked.disallow !== undefined) {
      const disallowed = disallows(checked.disallow);
      this.isAllowed = (filename, { path }) => !disallowed(filename, path ?? filename);
    }
  }

  /**
   * The exports as pairs of a prefix and a loader, searched in order at every request: push to it, assign it, or
   * override the accessor.
   */
  get exports(): [string, Loader][] {
    return this.#exports;
  }

  /** Takes the place of all exports from the next request on. */
  set exports(exports: [string, Loader][]) {
    this.#exports = exports;
  }

  /**
   * Whether a file may be served; the application gets the request if not. Everything may, unless a subclass or
   * the `disallow` option says otherwise. Werkzeug's `is_allowed`.
   *
   * @param filename the base name
   * @param lookup how the file was found
   */
  isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean> {
    return true;
  }

  /** The loader of an export that is a file; it answers for the prefix and all below it. Werkzeug's `get_file_loader`. */
  getFileLoader(filename: string): Loader {
    return fileLoader(resolve(filename), this.#shelf);
  }

  /**
   * The loader of an export that is `[package, path]`. Werkzeug's `get_package_loader`.
   *
   * @param packageName an installed package, the app's own one, or a folder in one: `pkg`, `@scope/pkg`, `pkg/sub`
   * @param packagePath the folder or file in it; an empty path is the whole of it
   * @param more what else an export's array holds, for overrides that want more
   * @throws Error if there is no such package; the message says where it was looked for
   */
  getPackageLoader(packageName: string, packagePath: string, ...more: string[]): Loader {
    return embeddedFirst(`${packageName}/${packagePath}`, this.#options, () =>
      packageLoader(packageName, packagePath, this.#options.resolveFrom, this.#shelf),
    );
  }

  /** The loader of an export that is a directory, or does not exist yet. Werkzeug's `get_directory_loader`. */
  getDirectoryLoader(directory: string): Loader {
    return embeddedFirst(directory, this.#options, () => directoryLoader(resolve(directory), this.#shelf));
  }

  /**
   * Opens a file of the three loaders above. Werkzeug's `_opener`.
   *
   * @param filename an absolute path
   * @param root where `symlinks: 'inside'` lets links lead to: the export's folder, or the file itself for a file
   *   of its own. Default: the folder that the file is in
   */
  opener(filename: string, root: string = dirname(filename)): Opener {
    const location = proxyLocation(filename, this.#options.sendfile);
    if (location !== null) return () => this.#files.handOff(filename, root, location);
    return () => this.#files.open(filename, root);
  }

  /**
   * The entity tag of a file (RFC 9110 §8.8.3), with or without its quotes, or null for an answer without one.
   * Werkzeug's `generate_etag`.
   *
   * As it stands, the tag is made of the content where that is in memory: the same bytes have the same tag on
   * every machine. Larger files of the file system have one made of what tells their versions apart, without
   * this method being asked unless it is overridden.
   *
   * @param mtime when the content last changed
   * @param fileSize length in bytes
   * @param realFilename the base name
   * @param content the whole content, where it is in memory
   */
  generateEtag(
    mtime: Date,
    fileSize: number,
    realFilename: string,
    content?: Uint8Array,
  ): MaybePromise<string | null> {
    return defaultEntityTag(mtime, fileSize, realFilename, content);
  }

  /**
   * Adds, changes or removes header fields of a file's answer, after the defaults and before it is sent. Does
   * nothing unless overridden. `Content-Length` stays as it is.
   *
   * @example
   * ```ts
   * override responseHeaders(headers: Headers): void {
   *   headers.set('Access-Control-Allow-Origin', '*');
   * }
   * ```
   */
  responseHeaders(headers: Headers, file: SharedFile, request: SharedRequest): MaybePromise<void> {
    return undefined;
  }

  /**
   * Answers for a loader that throws or a file that cannot be read. An error with a `status` of 400 to 599 gets
   * that status, EACCES and EPERM 403, EMFILE and ENFILE 503, any other 500, each with a body that tells nothing
   * of the machine. With {@link middleware}, the error goes to `next`. Errors of the application do not come here.
   */
  handleError(error: unknown, req: IncomingMessage, res: ServerResponse): MaybePromise<void> {
    const next = this.#next.get(req);
    if (next !== undefined) next(publicError(error));
    else if (res.headersSent) breakOff(res);
    else return send(errorAnswer(error), res);
  }

  /**
   * The answer that the exports have for a request, as plain data, or null where the application is to answer. The
   * adapters for other frameworks send it in their own way. Whoever takes it calls its `close`, if it has one, when the body
   * has been sent or is not going to be.
   *
   * Throws, or rejects, with the error of a loader, of a method that was overridden or of the file system.
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
    return observed(request, () =>
      andThen(findFile(request, this.#search()), (found) => found && this.#answers.answer(found)),
    );
  }

  /**
   * Answers a request from the exports, or hands it to the application. Resolves when the bytes of a file
   * have been handed over, or with what the application returns. Rejects only with the application's own error. Werkzeug's
   * `__call__`.
   */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let answered: MaybePromise<boolean>;
    try {
      answered = andThen(this.answer(req), (answer) => answer !== null && sent(answer, res));
    } catch (error) {
      return this.#fail(error, req, res);
    }
    if (!isPromise(answered)) return answered ? DONE : this.#callApp(req, res);
    return Promise.resolve(answered).then(
      (done) => (done ? undefined : this.#callApp(req, res)),
      (error: unknown) => this.#fail(error, req, res),
    );
  }

  #search(): Search {
    const { dotfiles, index } = this.#options;
    return { exports: this.exports, dotfiles, hasIndex: index.length > 0 };
  }

  async #fail(error: unknown, req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      await this.handleError(error, req, res);
    } catch {
      if (res.headersSent) breakOff(res);
      else await send(plainAnswer(500), res);
    }
  }

  async #callApp(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const next = this.#next.get(req);
    if (next === undefined) await this.app(req, res);
    else next();
  }
}

function sent(answer: Answer, res: ServerResponse): MaybePromise<boolean> {
  return whileOpen(answer, () => andThen(send(answer, res), () => true));
}
