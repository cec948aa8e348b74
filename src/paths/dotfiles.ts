/** Matches a segment that starts with a dot, except `.well-known` (RFC 8615). */
const DOT_NAME = /(?:^|\/)\.(?!well-known(?:\/|$))/;

/** Whether a segment of a path below an export is a dotfile. */
export function hasDotName(path: string): boolean {
  return DOT_NAME.test(path);
}
