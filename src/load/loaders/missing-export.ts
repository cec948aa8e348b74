import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** After this many paths, no warnings are emitted. */
const MAX_WARNINGS = 100;

/** A segment that starts with a dot, except `.` and `..`. */
const DOT_SEGMENT = /(?:^|[/\\])\.(?!\.?(?:[/\\]|$))/;

const warnedOf = new Set<string>();

/**
 * Emits a warning if nothing has the path of an export, once per path: a misspelt path is otherwise a 404 that
 * nothing explains. Dotfiles such as `.well-known` are often created later, by other programs.
 */
export function warnIfMissing(target: string): void {
  const path = resolve(target);
  if (DOT_SEGMENT.test(target) || warnedOf.has(path) || warnedOf.size === MAX_WARNINGS || exists(path))
    return;
  warnedOf.add(path);
  process.emitWarning(
    `the exported path '${target}' does not exist (${path}); requests for it are passed on until it does`,
    { code: 'SHARED_DATA_EXPORT_MISSING' },
  );
}

/** What cannot be examined may exist. */
function exists(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
