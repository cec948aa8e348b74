import type { SharedRequest } from '../types';
import { requestPath } from './request-path';

/**
 * Escapes, and the characters that must be escaped in a path (RFC 3986 §3.3).
 *
 * Square brackets must be escaped too, but both forms of them are left as they are: nginx sends them unescaped
 * (`proxy_pass` with a path), Python's urllib3 escaped, so a redirect to one of the forms would be endless.
 */
const ESCAPES = /%[\da-f]{2}|["<>^`{|}]/gi;

/** The characters that a segment may contain unescaped: `pchar` in RFC 3986 §3.3. */
const PCHAR = /[\w.~!$&'()*+,;=:@-]/;

/**
 * The request as `answer` gets it if a framework calls: a guard in front may compare targets without decoding
 * them. `/%70rivate`, `/%40admin` and `http://host/private` are not what such a guard compares with, but lead to
 * the same files as `/private` and `/@admin`.
 */
export function guardedRequest(request: SharedRequest): SharedRequest {
  const { url = '', originalUrl = url } = request;
  if (isServableTarget(url, originalUrl) && isCanonicalTarget(originalUrl)) return request;
  return Object.create(request, { requiresCanonicalTarget: { value: true } }) as SharedRequest;
}

/**
 * Whether the target leads to files behind guards: not in absolute form, and with its mount path as canonical as
 * a path below it. Of `/files//private/x`, Express 4 removes the mount path `/files/`, and a guard on
 * `/files/private` does not match.
 *
 * @param url the target without the path that the request's framework is mounted at
 */
export function isServableTarget(url: string, originalUrl: string): boolean {
  const isMounted = originalUrl !== url && originalUrl.endsWith(url);
  return url.startsWith('/') && !(isMounted && requestPath(originalUrl) === null);
}

/**
 * Whether a target has the one form that this package redirects to: no escapes that are not needed (RFC 3986
 * §6.2.2.2), and those that are needed in upper case (§6.2.2.1).
 */
export function isCanonicalTarget(target: string): boolean {
  const path = pathOf(target);
  return path === canonicalForm(path);
}

/**
 * The canonical form of a target, as a relative reference for a Location. It starts with `./` or `../` and the
 * first segment that differs, so it stays on the same host and below the same mount point. The query is kept.
 */
export function canonicalLocation(target: string): string {
  const path = pathOf(target);
  const segments = path.split('/');
  const rest = segments.slice(segments.findIndex((segment) => segment !== canonicalForm(segment)));
  const start = rest.length === 1 ? './' : '../'.repeat(rest.length - 1);
  return start + canonicalForm(rest.join('/')) + target.slice(path.length);
}

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query === -1 ? target : target.slice(0, query);
}

/**
 * The canonical form of a path, or of a part of it. Without a match, `replace` returns the same string, so the
 * comparisons above cost nothing.
 */
export function canonicalForm(path: string): string {
  return path.replace(ESCAPES, (text) => {
    if (text.length === 1) return encodeURIComponent(text);
    const character = String.fromCharCode(Number(`0x${text.slice(1)}`));
    return PCHAR.test(character) ? character : text.toUpperCase();
  });
}
