import { COMPRESS_OPTIONS, OPTIONS, type Option, type OptionTable } from './option-table';

const SERVE_USAGE = `Usage: shared-data [folder] [options]
       shared-data compress folder [options]

Serves a folder over HTTP at /, without one the exports, and without these the working directory.
The second form writes compressed files for --precompressed; \`shared-data compress --help\` tells its options.
`;

const COMPRESS_USAGE = `Usage: shared-data compress folder [options]

Writes .br and .gz, and .zst where Node has zstd, beside the text files below a folder, for --precompressed.
What is up to date stays as it is.
`;

/** What `--help` prints. */
export function serveHelp(): string {
  return helpText(SERVE_USAGE, OPTIONS);
}

/** What `compress --help` prints. */
export function compressHelp(): string {
  return helpText(COMPRESS_USAGE, COMPRESS_OPTIONS);
}

function helpText(usage: string, options: OptionTable): string {
  const rows = Object.entries(options).map(([name, option]) => ({
    spelling: spelling(name, option),
    about: about(option),
  }));
  const width = Math.max(...rows.map((row) => row.spelling.length));
  const lines = rows.map((row) => `  ${row.spelling.padEnd(width)}  ${row.about}`);
  return [usage, 'Options:', ...lines, ''].join('\n');
}

function spelling(name: string, { preset, value }: Option): string {
  if (value !== undefined) return `--${name} ${value}`;
  return preset === true ? `--no-${name}` : `--${name}`;
}

function about({ preset, help }: Option): string {
  return typeof preset === 'string' ? `${help} (default: ${preset})` : help;
}
