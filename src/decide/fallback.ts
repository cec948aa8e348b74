import { fieldPairs, mergeVary } from '../http/header-fields';
import type { Fallback } from '../options/options';
import type { Answer, CacheScope, HeaderFields } from '../types';

/**
 * Cache-Control of the file for all routes. Its content changes with each release, and the response to a route may
 * be another one as soon as there is a file, so no cache uses it without asking.
 *
 * @param scope `'private'` if the file was allowed for this request only
 * @param own the value that the store of the file keeps with it
 */
export function fallbackCacheControl({ status }: Fallback, scope: CacheScope, own = ''): string {
  if (status === 404 || /no-store/i.test(own)) return 'no-store';
  return scope === 'private' || /private/i.test(own) ? 'private, no-cache' : 'no-cache';
}

/** The response with that file. Another request for the same target may get no page. */
export function fallbackAnswer(answer: Answer, { status }: Fallback): Answer {
  const headers = varyByNavigation(answer.headers);
  // A file with an error status is a page whose status was set in front, so that lifetimes set in front apply.
  return status === 404 ? { ...answer, headers, file: undefined } : { ...answer, headers };
}

function varyByNavigation(headers: HeaderFields): HeaderFields {
  const pairs = [...fieldPairs(headers)];
  const vary = pairs.find(([name]) => name.toLowerCase() === 'vary')?.[1];
  const others = pairs.filter(([name]) => name.toLowerCase() !== 'vary').flat();
  return [...others, 'Vary', mergeVary(vary, 'Accept, Sec-Fetch-Mode')];
}
