import { availableParallelism } from 'node:os';
import { format, parseArgs, type ParseArgsConfig } from 'node:util';
import type { SharedDataOptions } from '../../options/options';
import { CommandError, reasonOf } from '../context';
import { labelIn, readConfig } from './config-file';
import { COMPRESS_OPTIONS, compressHelp, OPTIONS, serveHelp, type OptionTable } from './options';
import {
  checkDirectory,
  checkExport,
  readCount,
  readHost,
  readHostNames,
  readNames,
  readOneOf,
  readTlsCredentials,
  splitExport,
  type Export,
  type Given,
  type TlsCredentials,
} from './values';

/** Serve exports over HTTP or HTTPS. */
export interface ServeCommand {
  readonly name: 'serve';
  readonly exports: readonly Export[];
  readonly options: SharedDataOptions;
  readonly host: string;
  /** The hosts that are allowed in requests, as `readHostName` returns them. */
  readonly allowedHosts: readonly string[];
  readonly port: number;
  /** Undefined for HTTP. */
  readonly tls: TlsCredentials | undefined;
  /** The number of processes that serve. */
  readonly workers: number;
  readonly listing: boolean;
  readonly open: boolean;
  readonly quiet: boolean;
}

/** Write compressed files for the option `precompressed`. */
export interface CompressCommand {
  readonly name: 'compress';
  readonly directory: string;
  /** The size in bytes from which a file is compressed. */
  readonly minSize: number;
  /** The directories of older releases, whose files are the dictionaries of deltas. */
  readonly oldReleases: readonly string[];
  readonly quiet: boolean;
}

/** Print a help text. */
export interface HelpCommand {
  readonly name: 'help';
  readonly text: string;
}

/** Print the version. */
export interface VersionCommand {
  readonly name: 'version';
}

/** A command line that has been read and checked. */
export type Command = ServeCommand | CompressCommand | HelpCommand | VersionCommand;

/**
 * Reads and checks a command line, and the config file that it names.
 *
 * @throws CommandError for an unknown option or a value that cannot be used; the message names it
 */
export function readArguments(args: readonly string[]): Command {
  return args[0] === 'compress' ? readCompress(args.slice(1)) : readServe(args);
}

type Options = OptionTable & NonNullable<ParseArgsConfig['options']>;

type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: readonly string[]; options: T; allowPositionals: true; allowNegative: true }>
>;

function parse<T extends Options>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args, options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}

const DOTFILES = ['ignore', 'deny', 'allow'] as const;
const SYMLINKS = ['follow', 'inside'] as const;
const SINGLE_PAGE = 'index.html';
const NOT_FOUND_PAGE = { file: '404.html', status: 404 } as const;
const MAX_PORT = 65535;
const MAX_WORKERS = 1024;

type Values = Parsed<typeof OPTIONS>['values'];

function readServe(args: readonly string[]): Command {
  const { values: fromArgs, positionals } = parse(args, OPTIONS);
  if (fromArgs.help) return { name: 'help', text: serveHelp() };
  if (fromArgs.version) return { name: 'version' };
  const file = fromArgs.config;
  const fromFile: Values = file === undefined ? {} : readConfig(file);
  const values: Values = { ...fromFile, ...fromArgs };

  function given<T>(option: keyof Values, value: T): Given<T> {
    const isFromFile = !Object.hasOwn(fromArgs, option) && Object.hasOwn(fromFile, option);
    return { value, label: labelIn(isFromFile ? file : undefined, option) };
  }

  // A directory on the command line replaces the export of the config file at `/`.
  const isReplaced = (text: string): boolean => positionals.length > 0 && text.startsWith('/=');
  const exports = fromArgs.export ?? fromFile.export?.filter((text) => !isReplaced(text)) ?? [];

  return {
    name: 'serve',
    exports: readExports(given('export', exports), positionals),
    options: {
      disallow: values.disallow,
      cache: values.cache,
      cacheTimeout: readCount(
        given('cache-timeout', values['cache-timeout'] ?? OPTIONS['cache-timeout'].preset),
      ),
      index: readNames(given('index', values.index ?? (values.single === true ? [SINGLE_PAGE] : []))),
      fallback: values.single === true ? SINGLE_PAGE : NOT_FOUND_PAGE,
      precompressed: values.precompressed,
      compress: values.compress ?? OPTIONS.compress.preset,
      dotfiles: readOneOf(given('dotfiles', values.dotfiles ?? OPTIONS.dotfiles.preset), DOTFILES),
      symlinks: readOneOf(given('symlinks', values.symlinks ?? OPTIONS.symlinks.preset), SYMLINKS),
    },
    host: readHost(given('host', values.host ?? OPTIONS.host.preset)),
    allowedHosts: readHostNames(given('allowed-host', values['allowed-host'] ?? [])),
    port: readCount(given('port', values.port ?? OPTIONS.port.preset), MAX_PORT),
    tls: readTls(given('https', values.https), given('key', values.key), given('cert', values.cert)),
    workers:
      readCount(given('workers', values.workers ?? OPTIONS.workers.preset), MAX_WORKERS) ||
      availableParallelism(),
    listing: values.listing ?? false,
    open: values.open ?? false,
    quiet: values.quiet ?? false,
  };
}

/** The exports that are given by option, then the directory that is given by name, if any. */
function readExports({ value, label }: Given<readonly string[]>, directories: readonly string[]): Export[] {
  const [directory, second] = directories;
  if (second !== undefined) throw new CommandError(format('expected one folder, got also %O', second));
  const exports = value.map((text) => checkExport(splitExport({ value: text, label })));
  if (exports.length > 0 && directory === undefined) return exports;
  return [...exports, ['/', checkDirectory(directory ?? '.')]];
}

function readTls(
  https: Given<boolean | undefined>,
  key: Given<string | undefined>,
  cert: Given<string | undefined>,
): TlsCredentials | undefined {
  if (https.value === true) {
    if (key.value !== undefined && cert.value !== undefined) return readTlsCredentials(key.value, cert.value);
    const one = key.value === undefined ? `--cert ${cert.value ?? ''}` : `--key ${key.value}`;
    const got = key.value === cert.value ? 'neither' : `${one} alone`;
    throw new CommandError(`${https.label}: expected --key FILE and --cert FILE with it, got ${got}`);
  }
  // `--no-https` on the command line overrides the key and the certificate of a config file.
  if (https.value === false) return undefined;
  for (const { value, label } of [key, cert]) {
    if (value !== undefined)
      throw new CommandError(format('%s: expected https with it, got %O alone', label, value));
  }
  return undefined;
}

function readCompress(args: readonly string[]): CompressCommand | HelpCommand {
  const { values, positionals } = parse(args, COMPRESS_OPTIONS);
  if (values.help) return { name: 'help', text: compressHelp() };
  const [directory, second] = positionals;
  if (directory === undefined) throw new CommandError('compress: expected a folder, got none');
  if (second !== undefined)
    throw new CommandError(format('compress: expected one folder, got also %O', second));
  const minSize = values['min-size'] ?? COMPRESS_OPTIONS['min-size'].preset;
  return {
    name: 'compress',
    directory,
    minSize: readCount({ value: minSize, label: labelIn(undefined, 'min-size') }),
    oldReleases: values['dictionaries-from'] ?? [],
    quiet: values.quiet ?? false,
  };
}
