import { isCanonicalTarget } from './canonical-target';
import { requestPath, undecodedPath } from './request-path';

/**
 * The decoded path of a target that need not be the path of a file, or null if the target has no path. It is
 * compared with the prefixes of exports, and never looked up.
 *
 * Each segment is decoded for itself, so that `/a%2Fb` does not match the prefix `/a/b`. The first segment that no
 * path of a file has gets NUL before it, so that it is part of no prefix, and the rest is not decoded: thousands of
 * malformed escapes would take a quarter of a second.
 */
export function routePath(target: string): string | null {
  const path = undecodedPath(target);
  if (path === null) return null;
  const segments = path.split('/');
  const decoded: string[] = [];
  for (const segment of segments) {
    const name = requestPath(`/${segment}`)?.slice(1);
    if (name === undefined)
      return [...decoded, `\0${segment}`, ...segments.slice(decoded.length + 1)].join('/');
    decoded.push(name);
  }
  return decoded.join('/');
}

/** Slashes and backslashes within a segment. Some programs decode them before they split a path. */
const SEPARATORS = /%2f|%5c|\\/i;

/**
 * Whether a target remains below a prefix when dot segments are resolved, as URL parsers do:
 * `/public/../private` is not below `/public` for a guard that has one. A name counts as a directory that `..` leaves
 * only if all programs take it for one.
 */
export function remainsBelow(target: string, prefix: string): boolean {
  // Nothing is above the root (RFC 3986 §5.2.4).
  if (depthOf(prefix) === 1) return true;
  let depth = 0;
  for (const segment of segmentsOf(target).slice(depthOf(prefix))) {
    const names = segment.replace(/%2e/gi, '.').split(SEPARATORS);
    for (const name of names) {
      if (name === '..') depth -= 1;
      else if (name !== '.' && name !== '' && names.length === 1) depth += 1;
      if (depth < 0) return false;
    }
  }
  return true;
}

/**
 * Whether a guard that compares targets without decoding them sees the prefix that matches. The start of the target
 * must be canonical for that: such a guard does not take `/%61%64min/x` for a path below `/admin`.
 */
export function startsCanonically(target: string, prefix: string): boolean {
  const start = segmentsOf(target).slice(0, depthOf(prefix)).join('/');
  return target.startsWith('/') && requestPath(`${start}/`) !== null && isCanonicalTarget(start);
}

/**
 * The path that a framework has removed from a target: `/files` for `/x` of `/files/x`.
 *
 * @param url what it has left of the target
 * @param originalUrl the target
 */
export function mountPath(url: string, originalUrl: string): string {
  // For a request to the mount path itself, frameworks add a slash: `/?query` of `/files?query`.
  return originalUrl.endsWith(url) ? originalUrl.slice(0, -url.length) : (undecodedPath(originalUrl) ?? '');
}

function segmentsOf(target: string): string[] {
  return undecodedPath(target)?.split('/') ?? [];
}

/** The number of segments of a prefix, with the empty one before its first slash. */
function depthOf(prefix: string): number {
  return prefix.replace(/\/$/, '').split('/').length;
}
