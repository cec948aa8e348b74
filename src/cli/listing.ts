import type { IncomingMessage } from 'node:http';
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { App } from '../app';
import { leadsBelow } from '../files/real-place';
import type { FileLookup } from '../find';
import { plainAnswer, type Answer } from '../http/answer';
import { redirectToSlash } from '../http/redirect';
import { isCanonicalPath, requestPath } from '../http/request-path';
import { safeJoin } from '../loaders/safe-join';
import type { MaybePromise } from '../maybe-promise';
import type { SharedDataOptions } from '../options';
import { hasDotName } from '../policy/dotfiles';
import { isAllowedWithOriginals } from '../policy/originals';
import { send } from '../send';
import type { SharedDataMiddleware } from '../shared-data';
import type { Export } from './exports';
import { lookAtReadable } from './readable';
import { CONTENT_SECURITY_POLICY, inOrder, listingPage, type Entry } from './listing-page';

/** A folder that a request path stands for: `below` is its path below the prefix, with a slash unless it is empty. */
interface Place {
  readonly prefix: string;
  readonly root: string;
  readonly below: string;
  readonly folder: string;
}

/**
 * The application behind a middleware with these exports and options: it shows what is in a directory that has no
 * index. It tells of nothing that the middleware would not serve, and answers all else with 404.
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

class Listing {
  readonly #shared: SharedDataMiddleware;
  readonly #exports: readonly Export[];
  readonly #options: SharedDataOptions;

  constructor(shared: SharedDataMiddleware, exports: readonly Export[], options: SharedDataOptions) {
    this.#shared = shared;
    // A prefix that no request path can have is never served.
    this.#exports = exports.filter(([prefix]) => isCanonicalPath(prefix));
    this.#options = options;
  }

  async answer(req: IncomingMessage): Promise<Answer> {
    const { method, url = '' } = req;
    const path = method === 'GET' || method === 'HEAD' ? requestPath(url) : null;
    if (path === null) return plainAnswer(404);
    const entries = await this.#entries(path.endsWith('/') ? path : `${path}/`, req);
    if (entries === null) return plainAnswer(404);
    return path.endsWith('/') ? pageOf(path, entries) : redirectToSlash(308, url);
  }

  /** What is in the folders that a path with a slash at its end stands for, or null where there is none. */
  async #entries(path: string, request: IncomingMessage): Promise<Entry[] | null> {
    const entries = new Map<string, Entry>();
    let isFolder = false;
    for (const [prefix, root] of this.#exports) {
      const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
      const found = path.startsWith(base)
        ? await this.#entriesBelow({ prefix, root, below: path.slice(base.length) }, request)
        : await this.#entryOfPrefix(prefix, base, root, path, request);
      if (found === null) continue;
      isFolder = true;
      // Exports are searched in order: what an earlier one has is what is served.
      for (const entry of found) {
        const key = entry.file === undefined ? `${entry.name}/` : entry.name;
        if (!entries.has(key)) entries.set(key, entry);
      }
    }
    return isFolder ? [...entries.values()].sort(inOrder) : null;
  }

  /** The next name of a longer prefix, as if it lay in a folder. */
  async #entryOfPrefix(
    prefix: string,
    base: string,
    root: string,
    path: string,
    request: IncomingMessage,
  ): Promise<Entry[] | null> {
    if (!base.startsWith(path)) return null;
    const rest = base.slice(path.length);
    const [name = '', next] = rest.split('/');
    const facts = this.#isHidden(rest) ? null : await lookAtReadable(root);
    if (facts === null) return null;
    if (facts.isDirectory()) return [{ name, file: undefined }];
    // A file at `/x/` is not at `/x`.
    if (prefix === base || !(await this.#isServed(basename(root), { prefix, path: null, request })))
      return null;
    return [{ name, file: next === '' ? facts : undefined }];
  }

  async #entriesBelow(
    { prefix, root, below }: Omit<Place, 'folder'>,
    request: IncomingMessage,
  ): Promise<Entry[] | null> {
    const folder = below === '' ? root : safeJoin(root, below.slice(0, -1));
    if (folder === null || this.#isHidden(below) || !this.#isReachable(folder, root)) return null;
    if ((await lookAtReadable(folder))?.isDirectory() !== true) return null;
    if (!(await this.#isOpenTo(prefix, below, request))) return null;
    const names = await readdir(folder);
    const place = { prefix, root, below, folder };
    const found = await Promise.all(names.map((name) => this.#entry(name, place, request)));
    return found.filter((entry) => entry !== null);
  }

  async #entry(
    name: string,
    { prefix, root, below, folder }: Place,
    request: IncomingMessage,
  ): Promise<Entry | null> {
    const filename = safeJoin(folder, name);
    if (filename === null || this.#isHidden(name) || !this.#isReachable(filename, root)) return null;
    const facts = await lookAtReadable(filename);
    if (facts?.isDirectory() === true) {
      return (await this.#isOpenTo(prefix, `${below}${name}/`, request)) ? { name, file: undefined } : null;
    }
    const isShown =
      facts?.isFile() === true && (await this.#isServed(name, { prefix, path: below + name, request }));
    return isShown ? { name, file: facts } : null;
  }

  #isHidden(path: string): boolean {
    return this.#options.dotfiles !== 'allow' && hasDotName(path);
  }

  #isReachable(filename: string, root: string): boolean {
    return this.#options.symlinks !== 'inside' || leadsBelow(filename, root);
  }

  /** Whether all the folders of a path may be named. A pattern such as `drafts/` is for what is in the folder. */
  async #isOpenTo(prefix: string, below: string, request: IncomingMessage): Promise<boolean> {
    const names = below.split('/').slice(0, -1);
    for (const [at, name] of names.entries()) {
      const path = names.slice(0, at + 1).join('/');
      for (const spelling of [path, `${path}/`]) {
        if (!(await this.#shared.isAllowed(name, { prefix, path: spelling, request }))) return false;
      }
    }
    return true;
  }

  #isServed(filename: string, lookup: FileLookup): MaybePromise<boolean> {
    if (this.#options.precompressed !== true) return this.#shared.isAllowed(filename, lookup);
    return isAllowedWithOriginals((name, how) => this.#shared.isAllowed(name, how), filename, lookup);
  }
}

function pageOf(path: string, entries: readonly Entry[]): Answer {
  const body = Buffer.from(listingPage(path, entries));
  const headers = ['Content-Type', 'text/html; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-cache', 'Content-Security-Policy', CONTENT_SECURITY_POLICY);
  headers.push('X-Content-Type-Options', 'nosniff');
  return { status: 200, headers, body };
}
