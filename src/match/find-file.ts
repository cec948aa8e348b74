import { format } from 'node:util';
import type { Fallback } from '../options/options';
import { canonicalLocation, isCanonicalTarget, isServableTarget } from '../paths/canonical-target';
import { dotfileError, hasDotName } from '../paths/dotfiles';
import { requestPath } from '../paths/request-path';
import type {
  DeltaOpener,
  Dotfiles,
  EncodedOpener,
  FileLookup,
  LoaderResult,
  Opener,
  RedirectStatus,
  SharedRequest,
} from '../types';
import { andThen, firstOf, ignoreRejection, isPromise, type MaybePromise } from '../util/maybe-promise';
import type { Match } from './match-exports';

/** The file that an export has for a request. */
export interface ResolvedFile {
  readonly filename: string;
  readonly open: Opener;
  readonly openEncoded: EncodedOpener | undefined;
  readonly openDelta: DeltaOpener | undefined;
  readonly lookup: FileLookup;
  /** The status of the redirect to the directory, if it was requested without its slash and this is its index. */
  readonly slashRedirect?: RedirectStatus;
  /** Where the file is served, if the target of the request is not canonical and has to be. */
  readonly canonicalLocation?: string;
  /** The option, if the file is sent because of it. */
  readonly fallback?: Fallback;
  /** Changes the header fields of the response, after the method of the same name of the middleware. */
  readonly setHeaders?: ((headers: Headers) => void) | undefined;
}

/** What is searched, and what is ignored. */
export interface Search {
  /** The exports that match a decoded request path, in the order in which they are searched. */
  readonly match: (requestPath: string) => readonly Match[];
  readonly dotfiles: Dotfiles;
  /** Whether directories have an index, and may therefore be requested without their slash. */
  readonly hasIndex: boolean;
  /** The status of the redirect to a directory that was requested without its slash. False if it is not found so. */
  readonly redirect: RedirectStatus | false;
}

/** The file that the first export has for the target of a request, or null if there is none. */
export function findFile(request: SharedRequest, search: Search): MaybePromise<ResolvedFile | null> {
  const { url = '', originalUrl = url, requiresCanonicalTarget = false } = request;
  const path = requestPath(url);
  if (path === null || (requiresCanonicalTarget && !isServableTarget(url, originalUrl))) return null;
  const found = fileAtPath(path, request, search);
  if (!requiresCanonicalTarget || isCanonicalTarget(originalUrl)) return found;
  return andThen(found, (file) => file && { ...file, canonicalLocation: canonicalLocation(originalUrl) });
}

function fileAtPath(path: string, request: SharedRequest, search: Search): MaybePromise<ResolvedFile | null> {
  const { hasIndex, redirect } = search;
  const found = firstFile(matching(path, search), request);
  if (hasIndex && path === '/' && !endsInSlash(request.originalUrl))
    return andThen(found, (file) =>
      (file?.lookup.path ?? null) === null ? file : redirected(file, redirect),
    );
  if (!hasIndex || redirect === false || path.endsWith('/')) return found;
  return andThen(
    found,
    (file) =>
      file ??
      andThen(firstFile(matching(`${path}/`, search), request), (index) => redirected(index, redirect)),
  );
}

/** The index of a directory that was requested without its slash. */
function redirected(index: ResolvedFile | null, redirect: RedirectStatus | false): ResolvedFile | null {
  return index === null || redirect === false ? null : { ...index, slashRedirect: redirect };
}

/**
 * For a request to their mount point, frameworks leave `/` as the path, whether or not it ended in a slash.
 */
export function endsInSlash(originalUrl: string | undefined): boolean {
  return originalUrl === undefined || /^[^?]*\/(?:\?|$)/.test(originalUrl);
}

function matching(path: string, { match, dotfiles }: Search): readonly Match[] {
  const matches = match(path);
  if (dotfiles === 'allow' || !matches.some(isDotfile)) return matches;
  if (dotfiles === 'ignore') return matches.filter((one) => !isDotfile(one));
  return matches.map((one) => (isDotfile(one) ? { ...one, loader: denyDotfile } : one));
}

function isDotfile({ path, loader }: Match): boolean {
  return path !== null && loader.ignoresPath !== true && hasDotName(path);
}

function denyDotfile(): never {
  throw dotfileError();
}

/** The file of the first export whose loader has one. */
export function firstFile(
  matches: readonly Match[],
  request: SharedRequest,
): MaybePromise<ResolvedFile | null> {
  return firstOf(matches, (match) =>
    andThen(match.loader(match.path, request), (result) => resolveFile(result, match, request)),
  );
}

/** A loader in JavaScript that returns undefined has found nothing. */
function resolveFile(
  result: LoaderResult | null | undefined,
  { prefix, path, loader }: Match,
  request: SharedRequest,
): ResolvedFile | null {
  if (result === null || result === undefined) return null;
  const [filename, open, openEncoded, openDelta] = checkResult(result, prefix);
  const filePath = loader.ignoresPath === true ? null : pathOfFile(path, filename);
  const lookup = { prefix, path: filePath, request };
  return { filename, open, openEncoded, openDelta, lookup };
}

/** The path of the file: with the name of the index, or with the extension that the request omitted. */
function pathOfFile(path: string | null, filename: string): string | null {
  if (path === null) return null;
  const directory = path.slice(0, path.lastIndexOf('/') + 1);
  const name = path.slice(directory.length);
  return name === '' || filename.startsWith(`${name}.`) ? directory + filename : path;
}

/** @throws TypeError if a loader returned something else. The message names the export and the value. */
function checkResult(result: LoaderResult, prefix: string): LoaderResult {
  const [filename, open, ...others] = (Array.isArray(result) ? result : []) as unknown[];
  const areOpeners = others.every((opener) => opener === undefined || typeof opener === 'function');
  if (typeof filename === 'string' && typeof open === 'function' && areOpeners) return result;
  if (isPromise(open)) {
    ignoreRejection(open);
    // The error of a rejected promise is not printed: it may contain a path.
    throw new TypeError(`export '${prefix}': expected its loader to return an opener, got a promise`);
  }
  throw new TypeError(
    format("export '%s': expected its loader to return [filename, open] or null, got %O", prefix, result),
  );
}
