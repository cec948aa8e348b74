import { checkLoaded } from './loaders/checks';
import type { Loaded, Loader, Opener, SharedRequest } from './loaders/loader';
import { requestPath } from './http/request-path';
import { matchExports, type Match } from './match';
import { isPromise, type MaybePromise } from './maybe-promise';
import type { CheckedOptions } from './options';
import { hasDotName } from './policy/dotfiles';

/** How a file was found, for {@link SharedDataMiddleware.isAllowed}. */
export interface FileLookup {
  /** The prefix of the export that has the file. */
  readonly prefix: string;
  /** The path below the prefix, or null where the request is for the prefix itself. */
  readonly path: string | null;
  /** The request. */
  readonly request: SharedRequest;
}

/** A file that an export has for a request. */
export interface Found {
  readonly filename: string;
  readonly open: Opener;
  readonly lookup: FileLookup;
}

/** The file that the first export in order has for a request, or null where the application is to answer. */
export function findFile(
  request: SharedRequest,
  exports: Iterable<readonly [string, Loader]>,
  dotfiles: CheckedOptions['dotfiles'],
): MaybePromise<Found | null> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return null;
  const path = requestPath(request.url ?? '');
  if (path === null) return null;
  const matches = matchExports(exports, path);
  return firstFound(dotfiles === 'allow' ? matches : withoutDotNames(matches, dotfiles), request);
}

function withoutDotNames(matches: Match[], dotfiles: 'ignore' | 'deny'): Match[] {
  if (!matches.some(leadsToDotName)) return matches;
  if (dotfiles === 'deny') throw Object.assign(new Error('a path with a dotfile'), { status: 403 });
  return matches.filter((match) => !leadsToDotName(match));
}

function leadsToDotName({ path }: Match): boolean {
  return path !== null && hasDotName(path);
}

function firstFound(matches: readonly Match[], request: SharedRequest): MaybePromise<Found | null> {
  for (const [at, match] of matches.entries()) {
    const loaded = match.loader(match.path, request);
    if (isPromise(loaded)) {
      return loaded.then((file) => found(file, match, request) ?? firstFound(matches.slice(at + 1), request));
    }
    const file = found(loaded, match, request);
    if (file !== null) return file;
  }
  return null;
}

/** JavaScript loaders that return nothing have found nothing. */
function found(
  loaded: Loaded | null | undefined,
  { prefix, path }: Match,
  request: SharedRequest,
): Found | null {
  if (loaded === null || loaded === undefined) return null;
  const [filename, open] = checkLoaded(loaded, prefix);
  return { filename, open, lookup: { prefix, path, request } };
}
