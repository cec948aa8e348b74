import { closeSync, opendirSync, type Stats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { isAllowed } from '../../access/is-allowed';
import { isGetOrHead, methodNotAllowed } from '../../http/methods';
import { plainResponse } from '../../http/plain-response';
import { redirectToSlash } from '../../http/redirect';
import { resolvesInside } from '../../load/files/containment';
import { openForReading } from '../../load/files/read';
import type { SharedDataMiddleware } from '../../middleware';
import type { SharedDataOptions } from '../../options/options';
import { hasDotName } from '../../paths/dotfiles';
import { isCanonicalPath, requestPath } from '../../paths/request-path';
import { safeJoin } from '../../paths/safe-join';
import { send } from '../../send/send';
import type { Answer, App } from '../../types';
import { isForbiddenError, isNotFoundError } from '../../util/fs-errors';
import type { Export } from '../args/values';
import { compareEntries, CONTENT_SECURITY_POLICY, listingPage, type Entry } from './page';

/**
 * Creates the application behind the middleware. It lists the directories that have no index, and responds
 * with 404 to everything else. A listing names only what the middleware would serve.
 *
 * @param shared the middleware, which decides who may read what
 * @param exports the exports of the middleware
 * @param options the options of the middleware
 */
export function listingApp(
  shared: SharedDataMiddleware,
  exports: readonly Export[],
  options: SharedDataOptions,
): App {
  const listing = new Listing(shared, exports, options);
  return async (req, res) => {
    try {
      await send(await listing.answer(req), res);
    } catch (error) {
      await shared.handleError(error, req, res);
    }
  };
}

/** A directory of an export. */
interface Directory {
  readonly prefix: string;
  /** The path that is exported at the prefix. */
  readonly root: string;
  /** The path of the directory below the prefix: empty, or with a slash at its end. */
  readonly below: string;
  /** The path of the directory in the file system. */
  readonly path: string;
}

class Listing {
  readonly #shared: SharedDataMiddleware;
  readonly #exports: readonly Export[];
  readonly #options: SharedDataOptions;

  constructor(shared: SharedDataMiddleware, exports: readonly Export[], options: SharedDataOptions) {
    this.#shared = shared;
    // A prefix that is not canonical never matches a request.
    this.#exports = exports.filter(([prefix]) => isCanonicalPath(prefix));
    this.#options = options;
  }

  async answer(req: IncomingMessage): Promise<Answer> {
    const { url = '' } = req;
    if (!isGetOrHead(req) && (await this.#shared.hasFile(req))) return methodNotAllowed();
    const path = requestPath(url);
    if (path === null) return plainResponse(404);
    const entries = await this.#entries(path.endsWith('/') ? path : `${path}/`, req);
    if (entries === null) return plainResponse(404);
    if (!isGetOrHead(req)) return methodNotAllowed();
    return path.endsWith('/') ? pageResponse(path, entries) : redirectToSlash(308, url);
  }

  /**
   * The entries of all directories that a path stands for, or null if there is no directory.
   *
   * @param path the path of the request, with a slash at its end
   */
  async #entries(path: string, request: IncomingMessage): Promise<Entry[] | null> {
    const entries = new Map<string, Entry>();
    let isDirectory = false;
    for (const [prefix, root] of this.#exports) {
      const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
      const found = path.startsWith(base)
        ? await this.#entriesBelow({ prefix, root, below: path.slice(base.length) }, request)
        : await this.#entryOfPrefix([prefix, root], base, path, request);
      if (found === null) continue;
      isDirectory = true;
      // Exports are searched in order: of two entries with the same name, the first one is served.
      for (const entry of found) {
        const key = entry.file === undefined ? `${entry.name}/` : entry.name;
        if (!entries.has(key)) entries.set(key, entry);
      }
    }
    return isDirectory ? [...entries.values()].sort(compareEntries) : null;
  }

  /**
   * The next segment of a prefix that is longer than the path, as an entry.
   *
   * @param base the prefix with a slash at its end
   */
  async #entryOfPrefix(
    [prefix, root]: Export,
    base: string,
    path: string,
    request: IncomingMessage,
  ): Promise<Entry[] | null> {
    if (!base.startsWith(path)) return null;
    const rest = base.slice(path.length);
    const [name = '', next] = rest.split('/');
    const stats = this.#isHidden(rest) ? null : await statReadable(root);
    if (stats === null) return null;
    if (stats.isDirectory()) return [{ name, file: undefined }];
    // A file that is exported at `/x/` is not served at `/x`.
    if (prefix === base) return null;
    if (!(await isAllowed(this.#shared, basename(root), { prefix, path: null, request }))) return null;
    return [{ name, file: next === '' ? stats : undefined }];
  }

  async #entriesBelow(
    { prefix, root, below }: Omit<Directory, 'path'>,
    request: IncomingMessage,
  ): Promise<Entry[] | null> {
    const path = below === '' ? root : safeJoin(root, below.slice(0, -1));
    if (path === null || this.#isHidden(below) || !this.#isReachable(path, root)) return null;
    if ((await statReadable(path))?.isDirectory() !== true) return null;
    if (!(await this.#isDirectoryAllowed(prefix, below, request))) return null;
    const names = await readdir(path);
    const directory = { prefix, root, below, path };
    const entries = await Promise.all(names.map((name) => this.#entry(name, directory, request)));
    return entries.filter((entry) => entry !== null);
  }

  /** The entry of a name in a directory, or null if it is not listed. */
  async #entry(
    name: string,
    { prefix, root, below, path }: Directory,
    request: IncomingMessage,
  ): Promise<Entry | null> {
    const filename = safeJoin(path, name);
    if (filename === null || this.#isHidden(name) || !this.#isReachable(filename, root)) return null;
    const stats = await statReadable(filename);
    if (stats === null) return null;
    if (stats.isDirectory()) {
      const isListed = await this.#isDirectoryAllowed(prefix, `${below}${name}/`, request);
      return isListed ? { name, file: undefined } : null;
    }
    const isListed = await isAllowed(this.#shared, name, { prefix, path: below + name, request });
    return isListed ? { name, file: stats } : null;
  }

  #isHidden(path: string): boolean {
    return this.#options.dotfiles !== 'allow' && hasDotName(path);
  }

  #isReachable(filename: string, root: string): boolean {
    return this.#options.symlinks !== 'inside' || resolvesInside(filename, root);
  }

  /**
   * Whether a directory and all directories above it may be listed. Each is checked with and without a slash
   * at its end, because a pattern such as `drafts/` denies what is in the directory.
   */
  async #isDirectoryAllowed(prefix: string, below: string, request: IncomingMessage): Promise<boolean> {
    const names = below.split('/').slice(0, -1);
    for (const [index, name] of names.entries()) {
      const directory = names.slice(0, index + 1).join('/');
      for (const path of [directory, `${directory}/`]) {
        if (!(await this.#shared.isAllowed(name, { prefix, path, request }))) return false;
      }
    }
    return true;
  }
}

function pageResponse(path: string, entries: readonly Entry[]): Answer {
  const body = Buffer.from(listingPage(path, entries));
  const headers = ['Content-Type', 'text/html; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-cache', 'Content-Security-Policy', CONTENT_SECURITY_POLICY);
  headers.push('X-Content-Type-Options', 'nosniff');
  return { status: 200, headers, body };
}

/**
 * The `stat` of a regular file or directory, or null if there is none or it cannot be read. A name that is
 * not UTF-8 also results in null: Node cannot open it by the name that `readdir` returned, and no URL leads
 * to it.
 */
async function statReadable(path: string): Promise<Stats | null> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) opendirSync(path).closeSync();
    else if (stats.isFile()) closeSync(openForReading(path));
    else return null;
    return stats;
  } catch (error) {
    if (isNotFoundError(error) || isForbiddenError(error)) return null;
    throw error;
  }
}
