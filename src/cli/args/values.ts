import { readFileSync, statSync, type Stats } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { format } from 'node:util';
import { CommandError, reasonOf } from '../context';
import { readHostName } from '../host-name';

/** The value of an option, and where it comes from. */
export interface Given<T> {
  readonly value: T;
  /** The name of the option in messages: `option --port`, or the config file and the name in it. */
  readonly label: string;
}

/** A prefix, and the file or directory that is served below it. */
export type Export = readonly [prefix: string, path: string];

/** The private key and the certificate for HTTPS, as PEM. */
export interface TlsCredentials {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** Creates the error for a value that an option does not accept. */
export function unexpected(label: string, expected: string, value: unknown): CommandError {
  return new CommandError(format('%s: expected %s, got %O', label, expected, value));
}

/**
 * Reads a whole number from 0 to `max`.
 *
 * @throws CommandError for any other text
 */
export function readCount({ value, label }: Given<string>, max = Number.MAX_SAFE_INTEGER): number {
  if (/^\d+$/.test(value) && Number(value) <= max) return Number(value);
  throw unexpected(label, `a whole number from 0 to ${max}`, value);
}

/**
 * Reads the address to listen on. An empty one, such as a variable that is not set, would make Node listen on
 * all addresses of the machine.
 *
 * @throws CommandError for an empty address
 */
export function readHost({ value, label }: Given<string>): string {
  if (value === '') throw unexpected(label, 'an address', value);
  return value;
}

/**
 * Reads names of hosts.
 *
 * @throws CommandError for a text that is not the name or address of a host, or one with a port
 */
export function readHostNames({ value, label }: Given<readonly string[]>): readonly string[] {
  return value.map((text) => {
    const name = readHostName(text);
    if (name === null) throw unexpected(label, "a host name such as 'dev.example', without a port", text);
    return name;
  });
}

/** @throws CommandError for a value that is not one of the choices */
export function readOneOf<const T extends string>({ value, label }: Given<string>, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw unexpected(label, choices.join(' or '), value);
  return chosen;
}

/**
 * Reads names of files without a directory.
 *
 * @throws CommandError for an empty name, or one with a separator or NUL
 */
export function readNames({ value, label }: Given<readonly string[]>): readonly string[] {
  for (const name of value) {
    if (name === '' || /[/\\\0]/.test(name)) throw unexpected(label, "a name such as 'index.html'", name);
  }
  return value;
}

/**
 * Reads extensions of file names. A leading dot is removed.
 *
 * @throws CommandError for an empty extension, or one with a separator or NUL
 */
export function readExtensions({ value, label }: Given<readonly string[]>): readonly string[] {
  return value.map((text) => {
    const extension = text.replace(/^\./, '');
    if (!/^[^./\\\0][^/\\\0]*$/.test(extension)) throw unexpected(label, "an extension such as 'html'", text);
    return extension;
  });
}

/**
 * Splits an export that is written as `/prefix=path`.
 *
 * @throws CommandError for any other form
 */
export function splitExport({ value, label }: Given<string>): Export {
  const [, prefix, path] = /^(\/[^=]*)=(.+)$/s.exec(value) ?? [];
  if (prefix === undefined || path === undefined) throw unexpected(label, '/prefix=path', value);
  return [prefix, path];
}

/** @throws CommandError if the path is neither a file nor a directory; the message names the path */
export function checkExport([prefix, path]: Export): Export {
  const stats = statExport(path);
  if (stats.isFile() || stats.isDirectory()) return [prefix, path];
  throw new CommandError(format('cannot serve %O: neither a file nor a folder', path));
}

/** @throws CommandError if the path is not a directory; the message names the path */
export function checkDirectory(path: string): string {
  if (statExport(path).isDirectory()) return path;
  throw new CommandError(format('cannot serve %O: not a folder', path));
}

function statExport(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw new CommandError(format('cannot serve %O: %s', path, reasonOf(error)));
  }
}

/** @throws CommandError if a file cannot be read, or if the two are not a private key and its certificate */
export function readTlsCredentials(keyFile: string, certFile: string): TlsCredentials {
  const credentials = { key: readBytes(keyFile), cert: readBytes(certFile) };
  try {
    createSecureContext(credentials);
  } catch (error) {
    throw new CommandError(
      format('cannot use the key %O with the certificate %O: %s', keyFile, certFile, reasonOf(error)),
    );
  }
  return credentials;
}

function readBytes(filename: string): Buffer {
  try {
    return readFileSync(filename);
  } catch (error) {
    throw new CommandError(format('cannot read %O: %s', filename, reasonOf(error)));
  }
}
