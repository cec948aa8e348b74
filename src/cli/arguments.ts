import { availableParallelism } from 'node:os';
import { format } from 'node:util';
import type { SharedDataOptions } from '../options';
import { CommandError } from './command-error';
import { readCompress, type CompressCommand } from './compress/arguments';
import { calledIn, readConfig } from './config-file';
import { checkExport, checkFolder, splitExport, type Export } from './exports';
import { serveHelp } from './help';
import { OPTIONS } from './option-table';
import { readCount, readHost, readNames, readOneOf, type Given } from './option-values';
import { parse } from './parse';
import { readTls, type TlsFiles } from './tls';

/** What to serve, and where. */
export interface ServeCommand {
  readonly name: 'serve';
  readonly exports: readonly Export[];
  readonly options: SharedDataOptions;
  readonly host: string;
  readonly port: number;
  /** Undefined for HTTP. */
  readonly tls: TlsFiles | undefined;
  /** How many processes serve. */
  readonly workers: number;
  readonly listing: boolean;
  readonly open: boolean;
  readonly quiet: boolean;
}

/** Everything that the command can be asked to do. */
export type Command =
  | { readonly name: 'help'; readonly text: string }
  | { readonly name: 'version' }
  | ServeCommand
  | CompressCommand;

/** @throws CommandError for arguments that cannot be served; the message names the argument. */
export function readArguments(args: readonly string[]): Command {
  return args[0] === 'compress' ? readCompress(args.slice(1)) : readServe(args);
}

const DOTFILES = ['ignore', 'deny', 'allow'] as const;
const SYMLINKS = ['follow', 'inside'] as const;

type Values = ReturnType<typeof parse<typeof OPTIONS>>['values'];

function readServe(args: readonly string[]): Command {
  const { values: typed, positionals } = parse(args, OPTIONS);
  if (typed.help) return { name: 'help', text: serveHelp() };
  if (typed.version) return { name: 'version' };
  const file = typed.config;
  const filed: Values = file === undefined ? {} : readConfig(file);
  const values: Values = { ...filed, ...typed };

  function given<T>(option: keyof Values, value: T): Given<T> {
    const isFiled = !Object.hasOwn(typed, option) && Object.hasOwn(filed, option);
    return { value, called: calledIn(isFiled ? file : undefined, option) };
  }

  // A folder on the command line takes the place of one that a config file has at `/`.
  const isReplaced = (text: string): boolean => positionals.length > 0 && text.startsWith('/=');
  const exports = typed.export ?? filed.export?.filter((text) => !isReplaced(text)) ?? [];

  return {
    name: 'serve',
    exports: readExports(given('export', exports), positionals),
    options: {
      disallow: values.disallow,
      cache: values.cache,
      cacheTimeout: readCount(
        given('cache-timeout', values['cache-timeout'] ?? OPTIONS['cache-timeout'].preset),
      ),
      index: readNames(given('index', values.index ?? [])),
      precompressed: values.precompressed,
      dotfiles: readOneOf(given('dotfiles', values.dotfiles ?? OPTIONS.dotfiles.preset), DOTFILES),
      symlinks: readOneOf(given('symlinks', values.symlinks ?? OPTIONS.symlinks.preset), SYMLINKS),
    },
    host: readHost(given('host', values.host ?? OPTIONS.host.preset)),
    port: readCount(given('port', values.port ?? OPTIONS.port.preset), 65535),
    tls: readTlsOptions(given('https', values.https), given('key', values.key), given('cert', values.cert)),
    workers:
      readCount(given('workers', values.workers ?? OPTIONS.workers.preset), 1024) || availableParallelism(),
    listing: values.listing ?? false,
    open: values.open ?? false,
    quiet: values.quiet ?? false,
  };
}

function readExports({ value, called }: Given<readonly string[]>, folders: readonly string[]): Export[] {
  if (folders.length > 1) throw new CommandError(format('expected one folder, got also %O', folders[1]));
  const exports = value.map((text) => checkExport(splitExport({ value: text, called })));
  if (exports.length > 0 && folders.length === 0) return exports;
  return [...exports, ['/', checkFolder(folders[0] ?? '.')]];
}

function readTlsOptions(
  https: Given<boolean | undefined>,
  key: Given<string | undefined>,
  cert: Given<string | undefined>,
): TlsFiles | undefined {
  if (https.value === true) {
    if (key.value !== undefined && cert.value !== undefined) return readTls(key.value, cert.value);
    const one = key.value === undefined ? `--cert ${cert.value ?? ''}` : `--key ${key.value}`;
    const got = key.value === cert.value ? 'neither' : `${one} alone`;
    throw new CommandError(`${https.called}: expected --key FILE and --cert FILE with it, got ${got}`);
  }
  // `--no-https` on the command line turns off what a config file has.
  if (https.value === false) return undefined;
  for (const { value, called } of [key, cert]) {
    if (value !== undefined)
      throw new CommandError(format('%s: expected https with it, got %O alone', called, value));
  }
  return undefined;
}
