/** A segment that starts with a dot, other than the `.well-known` of RFC 8615. */
const DOT_NAME = /(?:^|\/)\.(?!well-known(?:\/|$))/;

/** Whether a path below an export goes through a name that starts with a dot, and is therefore kept private. */
export function hasDotName(path: string): boolean {
  return DOT_NAME.test(path);
}
