import { statSync, type Stats } from 'node:fs';
import { format, parseArgs } from 'node:util';
import type { SharedDataOptions } from '../options';
import { CommandError, reasonOf } from './command-error';
import { OPTIONS } from './option-table';

type Export = readonly [prefix: string, path: string];

/** What to serve, and where. */
export interface ServeCommand {
  readonly exports: readonly Export[];
  readonly options: SharedDataOptions;
  readonly host: string;
  readonly port: number;
  readonly quiet: boolean;
}

/** @throws CommandError for arguments that cannot be served; the message names the argument. */
export function readArguments(args: readonly string[]): 'help' | 'version' | ServeCommand {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  if (values.version) return 'version';
  return {
    exports: readExports(values.export ?? [], positionals),
    options: {
      disallow: values.disallow,
      cache: values.cache,
      cacheTimeout: readCount('cache-timeout', values['cache-timeout']),
    },
    host: readHost(values.host),
    port: readCount('port', values.port, 65535),
    quiet: values.quiet,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}

function readExports(texts: readonly string[], folders: readonly string[]): Export[] {
  if (folders.length > 1) throw new CommandError(format('expected one folder, got also %O', folders[1]));
  const exports = texts.map(readExport);
  if (exports.length > 0 && folders.length === 0) return exports;
  return [...exports, ['/', readFolder(folders[0] ?? '.')]];
}

function readExport(text: string): Export {
  const [, prefix, path] = /^(\/[^=]*)=(.+)$/s.exec(text) ?? [];
  if (prefix === undefined || path === undefined) {
    throw new CommandError(format('option --export: expected /prefix=path, got %O', text));
  }
  const stats = look(path);
  if (stats.isFile() || stats.isDirectory()) return [prefix, path];
  throw new CommandError(format('cannot serve %O: neither a file nor a folder', path));
}

function readFolder(path: string): string {
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

/** An empty host, such as a variable that is not set, would listen on every address of the machine. */
function readHost(host: string): string {
  if (host === '') throw new CommandError("option --host: expected an address, got ''");
  return host;
}

function readCount(option: string, text: string, largest = Number.MAX_SAFE_INTEGER): number {
  if (/^\d+$/.test(text) && Number(text) <= largest) return Number(text);
  throw new CommandError(
    format('option --%s: expected a whole number from 0 to %d, got %O', option, largest, text),
  );
}
