import { COMPRESS_OPTIONS, OPTIONS, type Option, type OptionTable } from './options';

const SERVE_USAGE = `Usage: shared-data [folder] [options]
       shared-data compress <folder> [options]

Serves a folder over HTTP. Without a folder, it serves what --export names, or else the working directory.
The second form writes compressed files for --precompressed. See \`shared-data compress --help\`.
`;

const COMPRESS_USAGE = `Usage: shared-data compress <folder> [options]

Compresses the text files below a folder for --precompressed: it writes app.js.br and app.js.gz beside app.js,
and app.js.zst if this version of Node supports zstd. Files that are up to date are not written again.
`;

/** The text that `--help` prints. */
export function serveHelp(): string {
  return helpText(SERVE_USAGE, OPTIONS);
}

/** The text that `compress --help` prints. */
export function compressHelp(): string {
  return helpText(COMPRESS_USAGE, COMPRESS_OPTIONS);
}

function helpText(usage: string, options: OptionTable): string {
  const rows = Object.entries(options).map(([name, option]) => ({
    syntax: syntaxOf(name, option),
    description: describe(option),
  }));
  const width = Math.max(...rows.map(({ syntax }) => syntax.length));
  const lines = rows.map(({ syntax, description }) => `  ${syntax.padEnd(width)}  ${description}`);
  return [usage, 'Options:', ...lines, ''].join('\n');
}

function syntaxOf(name: string, { short, preset, value }: Option): string {
  const long = preset === true ? `--no-${name}` : `--${name}`;
  const both = short === undefined ? `    ${long}` : `-${short}, ${long}`;
  return value === undefined ? both : `${both} ${value}`;
}

function describe({ preset, help }: Option): string {
  return typeof preset === 'string' ? `${help} (default: ${preset})` : help;
}
