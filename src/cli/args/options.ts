/** An option of the command: how it is written, the help text and the config file. */
export interface Option {
  readonly type: 'string' | 'boolean';
  /** The letter of the short form, such as `p` for `-p`. */
  readonly short?: string;
  /** Whether the option may be repeated. */
  readonly multiple?: boolean;
  /** Whether `--no-NAME`, and false in a config file, turn off an option that has a value. */
  readonly canBeOff?: boolean;
  /**
   * The value of an option that is not given. It is not filled in when the arguments are read, because it would
   * then override the config file. The help text shows a boolean option with the preset true as `--no-NAME`.
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

type ValueOf<O extends Option> =
  | (O extends { multiple: true } ? readonly string[] : O extends { type: 'string' } ? string : boolean)
  | (O extends { canBeOff: true } ? false : never);

/** The values of the options that are given. */
export type Values<T extends OptionTable> = { readonly [Name in keyof T]?: ValueOf<T[Name]> };

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
    short: 'p',
    preset: '8000',
    value: 'NUMBER',
    inFile: 'number',
    help: 'listen on this port; 0 for any free one; if 8000 is in use, the next one',
  },
  host: {
    type: 'string',
    preset: '127.0.0.1',
    value: 'ADDRESS',
    help: 'listen on this address; 0.0.0.0 lets other machines connect',
  },
  'allowed-host': {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'accept requests for this host name too; repeatable',
  },
  https: { type: 'boolean', help: 'serve over HTTPS; requires --key and --cert' },
  key: { type: 'string', value: 'FILE', inFile: 'path', help: 'the private key for --https, in PEM format' },
  cert: { type: 'string', value: 'FILE', inFile: 'path', help: 'the certificate for --https, in PEM format' },
  index: {
    type: 'string',
    multiple: true,
    canBeOff: true,
    preset: 'index.html',
    value: 'NAME',
    help: 'send this file for its folder; repeatable; --no-index for none',
  },
  extensions: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: "let URLs omit this extension, such as 'html'; repeatable",
  },
  single: {
    type: 'boolean',
    short: 's',
    help: 'send index.html for the routes of a single-page application; no listing',
  },
  listing: { type: 'boolean', preset: true, help: 'do not list the folders that have no index file' },
  precompressed: {
    type: 'boolean',
    help: 'send app.js.br, app.js.zst or app.js.gz for app.js where it is accepted',
  },
  compress: { type: 'boolean', preset: true, help: 'do not compress files for clients that accept it' },
  disallow: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    help: "do not serve matching files, such as '*.map' or 'drafts/'; repeatable",
  },
  dotfiles: {
    type: 'string',
    preset: 'ignore',
    value: 'MODE',
    help: 'names with a leading dot: ignore (404), deny (403) or allow',
  },
  symlinks: {
    type: 'string',
    preset: 'follow',
    value: 'MODE',
    help: 'symbolic links: follow them anywhere, or only inside the served folder',
  },
  cache: {
    type: 'boolean',
    preset: true,
    help: 'send Cache-Control: no-store, and no ETag or Last-Modified',
  },
  'cache-timeout': {
    type: 'string',
    value: 'SECONDS',
    inFile: 'number',
    help: 'let clients reuse files for this time, without checking for changes',
  },
  immutable: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    help: "let clients reuse matching files for a year, such as 'assets/'; repeatable",
  },
  cors: { type: 'boolean', help: 'let pages of other origins read the files' },
  header: {
    type: 'string',
    multiple: true,
    value: "'NAME: VALUE'",
    help: 'add a header field to each response; repeatable',
  },
  workers: {
    type: 'string',
    preset: '1',
    value: 'NUMBER',
    inFile: 'number',
    help: 'serve with this number of processes; 0 for one per core',
  },
  open: { type: 'boolean', short: 'o', help: 'open the URL in the default browser' },
  quiet: { type: 'boolean', short: 'q', help: 'do not print a line for each request' },
  config: { type: 'string', value: 'FILE', inFile: false, help: 'read options from a JSON file' },
  help: { type: 'boolean', short: 'h', inFile: false, help: 'print this text' },
  version: { type: 'boolean', short: 'v', inFile: false, help: 'print the version' },
} as const satisfies OptionTable;

/** The options of `shared-data compress`. */
export const COMPRESS_OPTIONS = {
  'min-size': {
    type: 'string',
    preset: '1024',
    value: 'BYTES',
    help: 'skip files below this size',
  },
  'dictionaries-from': {
    type: 'string',
    multiple: true,
    value: 'FOLDER',
    help: 'write .dcz files for clients that have the files of an older release; repeatable',
  },
  quiet: { type: 'boolean', short: 'q', help: 'print only errors' },
  help: { type: 'boolean', short: 'h', help: 'print this text' },
} as const satisfies OptionTable;
