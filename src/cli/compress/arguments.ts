import { format } from 'node:util';
import { CommandError } from '../command-error';
import { compressHelp } from '../help';
import { COMPRESS_OPTIONS } from '../option-table';
import { readCount } from '../option-values';
import { parse } from '../parse';

/** What to compress. */
export interface CompressCommand {
  readonly name: 'compress';
  readonly folder: string;
  /** Smaller files are left alone. */
  readonly minSize: number;
  readonly quiet: boolean;
}

/** @throws CommandError for arguments that are not right; the message names the argument */
export function readCompress(
  args: readonly string[],
): CompressCommand | { readonly name: 'help'; readonly text: string } {
  const { values, positionals } = parse(args, COMPRESS_OPTIONS);
  if (values.help) return { name: 'help', text: compressHelp() };
  const [folder, second] = positionals;
  if (folder === undefined) throw new CommandError('compress: expected a folder, got none');
  if (second !== undefined)
    throw new CommandError(format('compress: expected one folder, got also %O', second));
  const minSize = values['min-size'] ?? COMPRESS_OPTIONS['min-size'].preset;
  return {
    name: 'compress',
    folder,
    minSize: readCount({ value: minSize, called: 'option --min-size' }),
    quiet: values.quiet ?? false,
  };
}
