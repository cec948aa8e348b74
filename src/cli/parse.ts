import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandError, reasonOf } from './command-error';
import type { OptionTable } from './option-table';

/** The options and folders on a command line. @throws CommandError for options that are not in the table */
export function parse<T extends OptionTable & NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
) {
  try {
    return parseArgs({ args, options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    throw new CommandError(reasonOf(error));
  }
}
