import { format, parseArgs } from 'node:util';
import { CommandError } from '../context';
import { nearest } from './nearest';
import type { Option, OptionTable, Values } from './options';

/** A command line that has been split into options and other arguments. */
export interface Parsed<T extends OptionTable> {
  readonly values: Values<T>;
  readonly positionals: readonly string[];
}

/** An option as the user has written it. */
interface Written {
  readonly name: string;
  /** The name with its dashes, such as `--port` or `-p`. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value is in the same argument, as in `--port=80`. */
  readonly isInline: boolean;
}

/**
 * Reads a command line.
 *
 * @throws CommandError for an unknown option, for an option without its value, and for one that has a value too
 *   many; the message names it
 */
export function parse<T extends OptionTable>(args: readonly string[], options: T): Parsed<T> {
  const values: Record<string, Value> = {};
  const { written, positionals } = split(args, options);
  for (const one of written) {
    const [name, value] = readOption(one, options);
    const before = values[name];
    values[name] = Array.isArray(before) && Array.isArray(value) ? before.concat(value) : value;
  }
  return { values: values as Values<T>, positionals };
}

/** Splits the arguments. `parseArgs` does not check them: its messages are for developers. */
function split(args: readonly string[], options: OptionTable) {
  const config = Object.entries(options).map(([name, { type, short = name }]) => [
    name,
    short === name ? { type } : { type, short },
  ]);
  const { tokens, positionals } = parseArgs({
    args,
    options: Object.fromEntries(config) as Record<string, Pick<Option, 'type'>>,
    strict: false,
    tokens: true,
  });
  const written = tokens
    .filter((token) => token.kind === 'option')
    .map(({ name, rawName, value, inlineValue }): Written => ({
      name,
      rawName,
      value,
      isInline: inlineValue === true,
    }));
  return { written, positionals };
}

type Value = string | boolean | string[];
type Read = readonly [name: string, value: Value];

function readOption(written: Written, options: OptionTable): Read {
  const { name, value, isInline } = written;
  const option = optionNamed(name, options);
  if (option === undefined) return readNegated(written, options);
  if (option.type === 'boolean') {
    if (value === undefined) return [name, true];
    throw unexpectedValue(name, value);
  }
  const expected = `option --${name}: expected ${option.value ?? 'a value'}`;
  if (value === undefined) throw new CommandError(`${expected}, got nothing`);
  // As in `--key --cert cert.pem`, whose first value is missing.
  if (!isInline && value.length > 1 && value.startsWith('-'))
    throw new CommandError(
      format('%s, got %O; a value with a leading dash is written --%s=%s', expected, value, name, value),
    );
  return [name, option.multiple === true ? [value] : value];
}

/** Reads `--no-NAME`, which turns an option off. */
function readNegated({ name, rawName, value }: Written, options: OptionTable): Read {
  const positive = name.replace(/^no-/, '');
  const option = optionNamed(positive, options);
  if (positive === name || option === undefined)
    throw new CommandError(unknownOption(rawName, rawName.startsWith('--') ? spellings(options) : []));
  if (!canBeOff(option)) throw new CommandError(`option --${positive} cannot be turned off. See --help`);
  if (value !== undefined) throw unexpectedValue(name, value);
  return [positive, false];
}

function optionNamed(name: string, options: OptionTable): Option | undefined {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

function canBeOff({ type, canBeOff: isOptional = false }: Option): boolean {
  return type === 'boolean' || isOptional;
}

/** All long names, with their dashes. */
function spellings(options: OptionTable): string[] {
  return Object.entries(options).flatMap(([name, option]) =>
    canBeOff(option) ? [`--${name}`, `--no-${name}`] : [`--${name}`],
  );
}

/** The message for an unknown option, with the name that was probably meant. */
export function unknownOption(name: string, known: Iterable<string>): string {
  const meant = nearest(name, known);
  return format('unknown option %O%s See --help', name, meant === null ? '.' : `, did you mean '${meant}'?`);
}

function unexpectedValue(name: string, value: string): CommandError {
  return new CommandError(format('option --%s: expected no value, got %O', name, value));
}
