import { statSync, type Stats } from 'node:fs';
import { format } from 'node:util';
import { CommandError, reasonOf } from './command-error';
import { unexpected, type Given } from './option-values';

/** A prefix, and the file or folder that is served below it. */
export type Export = readonly [prefix: string, path: string];

/** An export as it is written, `/prefix=path`. */
export function splitExport({ value, called }: Given<string>): Export {
  const [, prefix, path] = /^(\/[^=]*)=(.+)$/s.exec(value) ?? [];
  if (prefix === undefined || path === undefined) throw unexpected(called, '/prefix=path', value);
  return [prefix, path];
}

/** @throws CommandError for what cannot be served; the message names the path */
export function checkExport([prefix, path]: Export): Export {
  const stats = look(path);
  if (stats.isFile() || stats.isDirectory()) return [prefix, path];
  throw new CommandError(format('cannot serve %O: neither a file nor a folder', path));
}

/** @throws CommandError for what is no folder; the message names it */
export function checkFolder(path: string): string {
  if (look(path).isDirectory()) return path;
  throw new CommandError(format('cannot serve %O: not a folder', path));
}

function look(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new CommandError(format('cannot serve %O: %s', path, reasonOf(error)));
  }
}
