import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { format } from 'node:util';
import { CommandError, reasonOf } from '../context';
import { OPTIONS, type Option, type OptionTable, type Values } from './options';
import { unknownOption } from './parse';
import { splitExport, unexpected } from './values';

/**
 * Reads the options in a config file: a JSON object with the long names of the command's options. Paths in
 * the file are relative to the directory of the file.
 *
 * @returns the options in the form of the command line: numbers are text, and exports are `/prefix=path`
 * @throws CommandError for a file that cannot be read, an unknown option, or a value of the wrong type; the
 *   message names the file and the option
 */
export function readConfig(filename: string): Values<typeof OPTIONS> {
  const content = parseJson(filename);
  if (!isRecord(content)) throw unexpected(format('%O', filename), 'an object of options', content);
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, readOption(filename, name, value)]),
  );
}

/**
 * The name of an option in messages.
 *
 * @param filename the config file that has the option, or undefined for an option of the command line
 */
export function labelIn(filename: string | undefined, name: string): string {
  return filename === undefined ? `option --${name}` : format('%O: option %O', filename, name);
}

function parseJson(filename: string): unknown {
  try {
    return JSON.parse(readFileSync(filename, 'utf8'));
  } catch (error) {
    throw new CommandError(format('cannot read %O: %s', filename, reasonOf(error)));
  }
}

function readOption(filename: string, name: string, value: unknown): string | boolean | string[] {
  const options: OptionTable = OPTIONS;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (option === undefined || option.inFile === false) {
    const names = Object.keys(options).filter((one) => options[one]?.inFile !== false);
    throw new CommandError(`${format('%O', filename)}: ${unknownOption(name, names)}`);
  }
  const label = labelIn(filename, name);
  const resolve = (path: string): string => (isAbsolute(path) ? path : join(dirname(filename), path));
  if (option.inFile === 'exports') return readExports(label, value, resolve);
  const text = readText(label, option, value);
  return option.inFile === 'path' ? resolve(String(text)) : text;
}

function readText(label: string, { type, multiple, inFile, canBeOff }: Option, value: unknown) {
  if (canBeOff === true && value === false) return false;
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw unexpected(label, 'true or false', value);
  }
  if (inFile === 'number') {
    if (typeof value === 'number') return String(value);
    throw unexpected(label, 'a number', value);
  }
  if (multiple === true) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (list.every(isString)) return list;
    throw unexpected(label, 'a text or a list of texts', value);
  }
  if (isString(value)) return value;
  throw unexpected(label, 'a text', value);
}

function readExports(label: string, value: unknown, resolve: (path: string) => string): string[] {
  const list = isRecord(value)
    ? Object.entries(value).map(([prefix, path]) => joinExport(label, prefix, path))
    : value;
  if (!Array.isArray(list) || !list.every(isString)) {
    throw unexpected(label, 'an object of prefixes and paths, or a list of "/prefix=path"', value);
  }
  return list.map((text) => {
    const [prefix, path] = splitExport({ value: text, label });
    return `${prefix}=${resolve(path)}`;
  });
}

/** The export as `/prefix=path`, or null if the path is not a text. The caller then rejects the value. */
function joinExport(label: string, prefix: string, path: unknown): string | null {
  // Splitting `/prefix=path` again would return a different prefix.
  if (prefix.includes('=')) throw unexpected(label, "a prefix without '='", prefix);
  return isString(path) ? `${prefix}=${path}` : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
