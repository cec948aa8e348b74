import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandError, reasonOf } from './command-error';
import type { OptionTable } from './option-table';

type Options = OptionTable & NonNullable<ParseArgsConfig['options']>;

type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: readonly string[]; options: T; allowPositionals: true; allowNegative: true }>
>;

/** The options and folders on a command line. @throws CommandError for options that are not in the table */
export function parse<T extends Options>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args, options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}
