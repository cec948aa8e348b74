/** An option of the command: what `parseArgs` takes, and what the help text and the config file need besides. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** What counts when it is not given. A boolean option that is true then is written `--no-…`. */
  readonly preset?: string | boolean;
  /** What stands for the value in the help text. */
  readonly value?: string;
  /** What the value is in a config file, where that is no text; false for an option that has no place there. */
  readonly inFile?: 'number' | 'path' | 'exports' | false;
  readonly help: string;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** The options for serving: the configuration of `parseArgs`, of the config file, and the help text at once. */
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
  https: { type: 'boolean', help: 'serve over HTTPS; needs --key and --cert' },
  key: { type: 'string', value: 'FILE', inFile: 'path', help: 'the private key for --https, as PEM' },
  cert: { type: 'string', value: 'FILE', inFile: 'path', help: 'the certificate for --https, as PEM' },
  index: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'a file that answers for its directory, such as index.html; repeatable, in order of preference',
  },
  listing: { type: 'boolean', help: 'show what is in a directory that has no index' },
  precompressed: { type: 'boolean', help: 'send app.js.br, .zst or .gz beside app.js to who accepts it' },
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
  quiet: { type: 'boolean', help: 'print nothing but errors' },
  help: { type: 'boolean', help: 'print this text' },
} as const satisfies OptionTable;
