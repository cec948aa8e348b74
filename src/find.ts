import { requestPath } from './http/request-path';
import { checkLoaded } from './loaders/checks';
import type { CodedOpener, Loaded, Loader, Opener, SharedRequest } from './loaders/loader';
import { matchExports, type Match } from './match';
import { andThen, isPromise, type MaybePromise } from './maybe-promise';
import { hasDotName } from './policy/dotfiles';

/** How a file was found, for {@link SharedDataMiddleware.isAllowed}. */
export interface FileLookup {
  /** The prefix of the export that has the file. */
  readonly prefix: string;
  /** The path of the file below the prefix, or null where the request is for the prefix itself. */
  readonly path: string | null;
  /** The request. */
  readonly request: SharedRequest;
}

/** A file that an export has for a request. */
export interface Found {
  readonly filename: string;
  readonly open: Opener;
  readonly openCoded: CodedOpener | undefined;
  readonly lookup: FileLookup;
  /** Whether the request left out the slash of a directory that has this file for its index. */
  readonly lacksSlash: boolean;
}

/** What is searched, and what is passed over. */
export interface Search {
  readonly exports: Iterable<readonly [string, Loader]>;
  readonly dotfiles: 'ignore' | 'deny' | 'allow';
  /** Whether a directory may be asked for without its slash. */
  readonly hasIndex: boolean;
}

/** The file that the first export in order has for a request, or null where the application is to answer. */
export function findFile(request: SharedRequest, search: Search): MaybePromise<Found | null> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const path = requestPath(request.url ?? '');
  if (path === null) return null;
  const found = firstFound(matching(path, search), request, false);
  if (search.hasIndex && path === '/' && !endsInSlash(request.originalUrl))
    return andThen(found, (file) => file && { ...file, lacksSlash: file.lookup.path !== null });
  if (!search.hasIndex || path.endsWith('/')) return found;
  return andThen(found, (file) => file ?? firstFound(matching(`${path}/`, search), request, true));
}

/** Frameworks leave `/` of a request for their mount point, whether it had that slash or not. */
function endsInSlash(originalUrl: string | undefined): boolean {
  return originalUrl === undefined || /^[^?]*\/(?:\?|$)/.test(originalUrl);
}

function matching(path: string, { exports, dotfiles }: Search): readonly Match[] {
  const matches = matchExports(exports, path);
  if (dotfiles === 'allow' || !matches.some(leadsToDotName)) return matches;
  if (dotfiles === 'deny') throw Object.assign(new Error('a path with a dotfile'), { status: 403 });
  return matches.filter((match) => !leadsToDotName(match));
}

function leadsToDotName({ path }: Match): boolean {
  return path !== null && hasDotName(path);
}

function firstFound(
  matches: readonly Match[],
  request: SharedRequest,
  lacksSlash: boolean,
): MaybePromise<Found | null> {
  let asked = 0;
  for (const match of matches) {
    asked += 1;
    const loaded = match.loader(match.path, request);
    if (isPromise(loaded)) {
      const others = matches.slice(asked);
      return loaded.then(
        (file) => found(file, match, request, lacksSlash) ?? firstFound(others, request, lacksSlash),
      );
    }
    const file = found(loaded, match, request, lacksSlash);
    if (file !== null) return file;
  }
  return null;
}

/** JavaScript loaders that return nothing have found nothing. */
function found(
  loaded: Loaded | null | undefined,
  { prefix, path }: Match,
  request: SharedRequest,
  lacksSlash: boolean,
): Found | null {
  if (loaded === null || loaded === undefined) return null;
  const [filename, open, openCoded] = checkLoaded(loaded, prefix);
  const lookup = { prefix, path: pathOfFile(path, filename), request };
  return { filename, open, openCoded, lookup, lacksSlash };
}

/** The path of what was found: with the name of an index, or the extension that the request left out. */
function pathOfFile(path: string | null, filename: string): string | null {
  if (path === null) return null;
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const name = path.slice(folder.length);
  return name === '' || filename.startsWith(`${name}.`) ? folder + filename : path;
}
