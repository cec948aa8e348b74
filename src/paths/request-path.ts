import { memoize } from '../util/memoize';

/**
 * Matches segments and characters that give a file a second path or lead out of a directory: `.`, `..` and
 * empty segments, the backslash (a separator on Windows) and NUL (the end of a name in C).
 */
const NOT_CANONICAL = /\/\.{0,2}\/|\/\.\.?$|[\\\0]/;

/** The characters of a target: printable ASCII without `#`, which starts a fragment (RFC 9112 §3.2). */
const PRINTABLE = /^[!"$-~]*$/;

/** Escaped separators. A guard in front of this package sees one segment where the decoded path has two. */
const ESCAPED_SEPARATOR = /%(?:2f|5c)/i;

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * The decoded path of a request target in origin-form or absolute-form (RFC 9112 §3.2), without the query.
 *
 * Null if the path is not canonical. Rewriting such a path (`a//b` to `a/b`, `%2F` to `/`) would serve a file
 * whose canonical path a guard in front of this package protects (CVE-2026-29087, CVE-2026-6414,
 * CVE-2026-39406), so it is refused instead.
 */
export const requestPath = memoize((target): string | null => {
  const path = undecodedPath(target);
  if (path === null || !PRINTABLE.test(path) || !isCanonicalPath(path)) return null;
  return path.includes('%') ? decoded(path) : path;
});

/** The path of a request target as it was received, or null if the target has none, such as `*`. */
export function undecodedPath(target: string): string | null {
  const rest = target.startsWith('/') ? target : withoutAuthority(target);
  if (rest === null) return null;
  const query = rest.indexOf('?');
  return query === -1 ? rest : rest.slice(0, query);
}

/** Whether a decoded path, which starts with a slash, is the one canonical path of its file. */
export function isCanonicalPath(path: string): boolean {
  return !NOT_CANONICAL.test(path);
}

/** Matches what cannot be the path of a file below a directory: no name, or a segment that `NOT_CANONICAL` matches. */
const NOT_BELOW = /(?:^|\/)\.{0,2}(?:\/|$)|[\\\0]/;

/** Whether a decoded path, which does not start with a slash, is the one canonical path of a file below a directory. */
export function isPathBelow(path: string): boolean {
  return !NOT_BELOW.test(path);
}

function withoutAuthority(target: string): string | null {
  const authority = ABSOLUTE_FORM.exec(target);
  if (authority === null) return null;
  const rest = target.slice(authority[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

function decoded(path: string): string | null {
  if (ESCAPED_SEPARATOR.test(path)) return null;
  try {
    const plain = decodeURIComponent(path);
    return isCanonicalPath(plain) ? plain : null;
  } catch {
    return null; // a malformed escape, or bytes that are not UTF-8
  }
}
