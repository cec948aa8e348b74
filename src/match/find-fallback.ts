import { isImmutable } from '../http/cache-control';
import { isNavigation } from '../http/navigation';
import { withStatusInFront } from '../http/status-in-front';
import type { CheckedOptions, Fallback } from '../options/options';
import { mountPath, remainsBelow, routePath, startsCanonically } from '../paths/route';
import type { SharedRequest } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import { firstFile, type ResolvedFile, type Search } from './find-file';

/**
 * What a request gets that no export has a file for. `'missing'` if it is for a file that never changes under its
 * name, else, for a navigation, the file of the option `fallback` of the first export that matches and has it.
 */
export function findFallback(
  request: SharedRequest,
  fallback: Fallback,
  match: Search['match'],
  immutable: CheckedOptions['immutable'],
): MaybePromise<ResolvedFile | 'missing' | null> {
  const route = routePath(request.url ?? '');
  if (route === null) return null;
  // An exported file has no files below it.
  const matches = match(route).filter(({ loader }) => loader.ignoresPath !== true);
  if (immutable !== undefined && matches.some(({ path }) => path !== null && isImmutable(immutable, path)))
    return 'missing';
  if (!isNavigation(request)) return null;
  const below = matches.filter(({ prefix }) => isBelow(prefix, request));
  const pages = below.map(({ prefix, loader }) => ({ prefix, loader, path: fallback.file }));
  const { responseStatus } = request;
  const sent = responseStatus === undefined ? withStatusInFront(request, fallback.status) : request;
  return andThen(firstFile(pages, sent), (file) => file && { ...file, fallback });
}

/** Whether the target is below a prefix for all programs that read it, also for a guard in front. */
function isBelow(prefix: string, request: SharedRequest): boolean {
  const { url = '', originalUrl = url, requiresCanonicalTarget = false } = request;
  const mount = mountPath(url, originalUrl);
  const [target, path] = [mount + url, mount + prefix];
  return remainsBelow(target, path) && (!requiresCanonicalTarget || startsCanonically(target, path));
}
