import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { format } from 'node:util';
import { CommandError, reasonOf } from './command-error';
import { splitExport } from './exports';
import { OPTIONS, type Option, type OptionTable } from './option-table';
import { unexpected } from './option-values';

/** What `parseArgs` would make of the same options: numbers are text, and exports `/prefix=path`. */
export type OptionTexts = Readonly<Record<string, string | boolean | readonly string[]>>;

/**
 * The options in a config file, a JSON object of the command's long option names. Paths in it are relative to the
 * folder that the file is in.
 *
 * @throws CommandError for a file that cannot be read, an unknown option, or a value of the wrong type; the message
 *   names the file and the option
 */
export function readConfig(filename: string): OptionTexts {
  const content = parse(filename);
  if (!isRecord(content)) throw unexpected(format('%O', filename), 'an object of options', content);
  return Object.fromEntries(
    Object.entries(content).map(([name, value]) => [name, readOption(filename, name, value)]),
  );
}

/** What a message calls an option of a config file, or one of the command line where there is no file. */
export function calledIn(filename: string | undefined, name: string): string {
  return filename === undefined ? `option --${name}` : format('%O: option %O', filename, name);
}

function parse(filename: string): unknown {
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
    throw new CommandError(
      format('%O: unknown option %O; the options are %s', filename, name, names.join(', ')),
    );
  }
  const called = calledIn(filename, name);
  const near = (path: string): string => (isAbsolute(path) ? path : join(dirname(filename), path));
  if (option.inFile === 'exports') return readExports(called, value, near);
  const text = readText(called, option, value);
  return option.inFile === 'path' ? near(String(text)) : text;
}

function readText(called: string, { type, multiple, inFile }: Option, value: unknown) {
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw unexpected(called, 'true or false', value);
  }
  if (inFile === 'number') {
    if (typeof value === 'number') return String(value);
    throw unexpected(called, 'a number', value);
  }
  if (multiple === true) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (list.every(isString)) return list;
    throw unexpected(called, 'a text or a list of texts', value);
  }
  if (isString(value)) return value;
  throw unexpected(called, 'a text', value);
}

function readExports(called: string, value: unknown, near: (path: string) => string): string[] {
  const list = isRecord(value)
    ? Object.entries(value).map(([prefix, path]) => pair(called, prefix, path))
    : value;
  if (!Array.isArray(list) || !list.every(isString)) {
    throw unexpected(called, 'an object of prefixes and paths, or a list of "/prefix=path"', value);
  }
  return list.map((text) => {
    const [prefix, path] = splitExport({ value: text, called });
    return `${prefix}=${near(path)}`;
  });
}

/** Null for what is no pair of texts, which is then refused with all the rest. */
function pair(called: string, prefix: string, path: unknown): string | null {
  // Written as `/prefix=path`, it would be another prefix.
  if (prefix.includes('=')) throw unexpected(called, "a prefix without '='", prefix);
  return isString(path) ? `${prefix}=${path}` : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
