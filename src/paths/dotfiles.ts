/** Matches a segment that starts with a dot, except `.well-known` (RFC 8615). */
const DOT_NAME = /(?:^|[/\\])\.(?!well-known(?:[/\\]|$))/;

/**
 * The same, except segments that start with two dots. Kubernetes mounts a file of a ConfigMap as a link through
 * `..data` to a directory such as `..2026_01_31`.
 */
const DOT_NAME_OF_TARGET = /(?:^|[/\\])\.(?!\.|well-known(?:[/\\]|$))/;

/** Whether a segment of a path below an export is a dotfile. */
export function hasDotName(path: string): boolean {
  return DOT_NAME.test(path);
}

/** Whether a link leads to a dotfile. Both paths are below the export: of the link, and of what it leads to. */
export function leadsToDotName(path: string, target: string): boolean {
  return DOT_NAME_OF_TARGET.test(target) && !hasDotName(path);
}

/** The error for a dotfile with `dotfiles: 'deny'`. */
export function dotfileError(): Error {
  return Object.assign(new Error('a path with a dotfile'), { status: 403 });
}
