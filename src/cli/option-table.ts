interface Option {
  readonly type: 'string' | 'boolean';
  /** Whether it may be given several times. */
  readonly multiple?: boolean;
  /** A boolean option that is true by default is written `--no-…` on the command line. */
  readonly default?: string | boolean;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly help: string;
}

/** The options of the command: the configuration of `parseArgs` and the help text at once. */
export const OPTIONS = {
  export: {
    type: 'string',
    multiple: true,
    value: '/PREFIX=PATH',
    help: 'serve a file or folder below a prefix; repeatable, searched in this order',
  },
  port: { type: 'string', default: '8000', value: 'NUMBER', help: 'listen on this port; 0 takes a free one' },
  host: { type: 'string', default: '127.0.0.1', value: 'ADDRESS', help: 'listen on this address' },
  disallow: {
    type: 'string',
    multiple: true,
    value: 'PATTERN',
    help: "do not serve what matches, such as '*.map' or 'drafts/'; repeatable",
  },
  cache: { type: 'boolean', default: true, help: 'send no validators and no lifetime' },
  'cache-timeout': {
    type: 'string',
    default: '43200',
    value: 'SECONDS',
    help: 'how long clients may keep an answer',
  },
  quiet: { type: 'boolean', default: false, help: 'print no line for each request' },
  help: { type: 'boolean', help: 'print this text' },
  version: { type: 'boolean', help: 'print the version' },
} as const satisfies Record<string, Option>;

const USAGE = `Usage: shared-data [folder] [options]

Serves a folder over HTTP at /, without one the exports, and without these the working directory.
`;

/** What `--help` prints. */
export function helpText(): string {
  const rows = Object.entries<Option>(OPTIONS).map(([name, option]) => ({
    spelling: spelling(name, option),
    about: about(option),
  }));
  const width = Math.max(...rows.map((row) => row.spelling.length));
  const lines = rows.map((row) => `  ${row.spelling.padEnd(width)}  ${row.about}`);
  return [USAGE, 'Options:', ...lines, ''].join('\n');
}

function spelling(name: string, { default: preset, value }: Option): string {
  if (value !== undefined) return `--${name} ${value}`;
  return preset === true ? `--no-${name}` : `--${name}`;
}

function about({ default: preset, help }: Option): string {
  return typeof preset === 'string' ? `${help} (default: ${preset})` : help;
}
