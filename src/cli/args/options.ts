/** An option of the command: the configuration for `parseArgs`, the help text and the config file. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** Whether the option may be repeated. */
  readonly multiple?: boolean;
  /**
   * The value of an option that is not given. It is not called `default`, because `parseArgs` would then fill
   * it in, and it would override the config file. A boolean option with the preset true is written `--no-…`.
   */
  readonly preset?: string | boolean;
  /** The placeholder for the value in the help text. */
  readonly value?: string;
  /**
   * The type of the value in a config file, if it is not a text. False if the option is not allowed there.
   */
  readonly inFile?: 'number' | 'path' | 'exports' | false;
  readonly help: string;
}

/** Options by their long names, without the leading `--`. */
export type OptionTable = Readonly<Record<string, Option>>;

/** The options for serving, in the order of the help text. */
export const OPTIONS = {
  export: {
    type: 'string',
    multiple: true,
    value: '/PREFIX=PATH',
    inFile: 'exports',
    help: 'serve a file or folder below a prefix; repeatable, searched in this order',
  },
  port: {
    type: 'string',
    preset: '8000',
    value: 'NUMBER',
    inFile: 'number',
    help: 'listen on this port; 0 takes a free one',
  },
  host: { type: 'string', preset: '127.0.0.1', value: 'ADDRESS', help: 'listen on this address' },
  'allowed-host': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'answer requests for this host name too, on a loopback address beside localhost; repeatable',
  },
  https: { type: 'boolean', help: 'serve over HTTPS; needs --key and --cert' },
  key: { type: 'string', value: 'FILE', inFile: 'path', help: 'the private key for --https, as PEM' },
  cert: { type: 'string', value: 'FILE', inFile: 'path', help: 'the certificate for --https, as PEM' },
  index: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'a file that answers for its directory, such as index.html; repeatable, in order of preference',
  },
  single: {
    type: 'boolean',
    help: 'send index.html for the routes of a single-page application; without it, 404.html where it exists',
  },
  listing: { type: 'boolean', help: 'show what is in a directory that has no index' },
  precompressed: { type: 'boolean', help: 'send app.js.br, .zst or .gz beside app.js to who accepts it' },
  compress: { type: 'boolean', preset: true, help: 'compress no file for clients that accept it' },
  disallow: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    help: "do not serve what matches, such as '*.map' or 'drafts/'; repeatable",
  },
  dotfiles: {
    type: 'string',
    preset: 'ignore',
    value: 'ignore|deny|allow',
    help: 'answer for names with a leading dot: 404, 403, or the file',
  },
  symlinks: {
    type: 'string',
    preset: 'follow',
    value: 'follow|inside',
    help: 'let links lead anywhere, or nowhere out of what is served',
  },
  cache: { type: 'boolean', preset: true, help: 'send no validators and no lifetime' },
  'cache-timeout': {
    type: 'string',
    preset: '43200',
    value: 'SECONDS',
    inFile: 'number',
    help: 'how long clients may keep an answer',
  },
  workers: {
    type: 'string',
    preset: '1',
    value: 'NUMBER',
    inFile: 'number',
    help: 'serve with so many processes; 0 takes one a core',
  },
  open: { type: 'boolean', help: 'open the URL in the browser' },
  quiet: { type: 'boolean', help: 'print no line for each request' },
  config: { type: 'string', value: 'FILE', inFile: false, help: 'read options from a JSON file' },
  help: { type: 'boolean', inFile: false, help: 'print this text' },
  version: { type: 'boolean', inFile: false, help: 'print the version' },
} as const satisfies OptionTable;

/** The options of `shared-data compress`. */
export const COMPRESS_OPTIONS = {
  'min-size': {
    type: 'string',
    preset: '1024',
    value: 'BYTES',
    help: 'leave smaller files alone',
  },
  'dictionaries-from': {
    type: 'string',
    multiple: true,
    value: 'FOLDER',
    help: 'write .dcz files for clients that have the files of an older release; repeatable',
  },
  quiet: { type: 'boolean', help: 'print nothing but errors' },
  help: { type: 'boolean', help: 'print this text' },
} as const satisfies OptionTable;

const SERVE_USAGE = `Usage: shared-data [folder] [options]
       shared-data compress folder [options]

Serves a folder over HTTP at /, without one the exports, and without these the working directory.
The second form writes compressed files for --precompressed; \`shared-data compress --help\` tells its options.
`;

const COMPRESS_USAGE = `Usage: shared-data compress folder [options]

Writes .br and .gz, and .zst where Node has zstd, beside the text files below a folder, for --precompressed.
What is up to date stays as it is.
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

function syntaxOf(name: string, { preset, value }: Option): string {
  if (value !== undefined) return `--${name} ${value}`;
  return preset === true ? `--no-${name}` : `--${name}`;
}

function describe({ preset, help }: Option): string {
  return typeof preset === 'string' ? `${help} (default: ${preset})` : help;
}
