import { availableParallelism } from 'node:os';
import { format } from 'node:util';
import type { SharedDataOptions } from '../../options/options';
import { CommandError } from '../context';
import { readCaching } from './caching';
import { labelIn, readConfig } from './config-file';
import { readHeaders, type HeaderField } from './headers';
import { compressHelp, serveHelp } from './help';
import { COMPRESS_OPTIONS, OPTIONS, type Values } from './options';
import { parse } from './parse';
import {
  checkDirectory,
  checkExport,
  readCount,
  readExtensions,
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
  /** Whether the user has chosen the port. Otherwise the next free one may be used. */
  readonly isPortChosen: boolean;
  /** Undefined for HTTP. */
  readonly tls: TlsCredentials | undefined;
  /** The number of processes that serve. */
  readonly workers: number;
  readonly listing: boolean;
  /** Whether pages of all origins may read the responses. */
  readonly cors: boolean;
  /** The fields that are added to all responses. */
  readonly headers: readonly HeaderField[];
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

const DOTFILES = ['ignore', 'deny', 'allow'] as const;
const SYMLINKS = ['follow', 'inside'] as const;
const SINGLE_PAGE = 'index.html';
const NOT_FOUND_PAGE = { file: '404.html', status: 404 } as const;
const MAX_PORT = 65535;
const MAX_WORKERS = 1024;

type ServeValues = Values<typeof OPTIONS>;

function readServe(args: readonly string[]): Command {
  const { values: fromArgs, positionals } = parse(args, OPTIONS);
  if (fromArgs.help) return { name: 'help', text: serveHelp() };
  if (fromArgs.version) return { name: 'version' };
  const file = fromArgs.config;
  const fromFile: ServeValues = file === undefined ? {} : readConfig(file);
  const values: ServeValues = { ...fromFile, ...fromArgs };

  function given<T>(option: keyof ServeValues, value: T): Given<T> {
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
      ...readCaching(values, given('cache-timeout', values['cache-timeout'])),
      index: readNames(
        given('index', values.index === false ? [] : (values.index ?? [OPTIONS.index.preset])),
      ),
      extensions: readExtensions(given('extensions', values.extensions ?? [])),
      fallback: values.single === true ? SINGLE_PAGE : NOT_FOUND_PAGE,
      precompressed: values.precompressed,
      compress: values.compress ?? OPTIONS.compress.preset,
      dotfiles: readOneOf(given('dotfiles', values.dotfiles ?? OPTIONS.dotfiles.preset), DOTFILES),
      symlinks: readOneOf(given('symlinks', values.symlinks ?? OPTIONS.symlinks.preset), SYMLINKS),
    },
    host: readHost(given('host', values.host ?? OPTIONS.host.preset)),
    allowedHosts: readHostNames(given('allowed-host', values['allowed-host'] ?? [])),
    port: readCount(given('port', values.port ?? OPTIONS.port.preset), MAX_PORT),
    isPortChosen: values.port !== undefined,
    tls: readTls(given('https', values.https), given('key', values.key), given('cert', values.cert)),
    workers:
      readCount(given('workers', values.workers ?? OPTIONS.workers.preset), MAX_WORKERS) ||
      availableParallelism(),
    // The route of a single-page application may be the name of a directory, such as `/assets/`.
    listing: values.listing ?? values.single !== true,
    cors: values.cors ?? false,
    headers: readHeaders(given('header', values.header ?? [])),
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
