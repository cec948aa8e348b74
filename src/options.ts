import { format } from 'node:util';

/** The options of {@link SharedDataMiddleware}. The first four are Werkzeug's. */
export interface SharedDataOptions {
  /**
   * Files that are not served, though they lie in an export: a pattern or a list of them, with the meaning of
   * Python's `fnmatch` (`*`, `?`, `[a-z]`, `[!a-z]`; a leading dot is a character like others). A pattern without
   * a slash is held against the base name; one with a slash against the path below the export, where `*` stops
   * at a slash, `**` does not, and a trailing slash means all that is in the folder. As in Werkzeug, it takes the
   * place of {@link SharedDataMiddleware.isAllowed}.
   */
  disallow?: string | readonly string[] | undefined;
  /** Whether answers carry validators and a lifetime, and may be 304. Default: true. */
  cache?: boolean | undefined;
  /** The lifetime in seconds, as `max-age` and Expires. Default: 43200, twelve hours. */
  cacheTimeout?: number | undefined;
  /** The media type of a file whose extension says none. Default: `application/octet-stream`. */
  fallbackMimetype?: string | undefined;
  /**
   * What becomes of a path below an export in which a name starts with a dot, other than `.well-known`:
   * `'ignore'` leaves it to the application, `'deny'` answers 403, `'allow'` serves it, as Werkzeug does.
   * Default: `'ignore'`.
   */
  dotfiles?: 'ignore' | 'deny' | 'allow' | undefined;
  /** Bytes of file content that are kept in memory; 0 keeps none. Default: 67108864, 64 MiB. */
  memoryLimit?: number | undefined;
  /**
   * Where package exports are looked up from: a file, a folder, or a `file:` URL such as `import.meta.url`.
   * Default: the main module, else the working directory.
   */
  resolveFrom?: string | URL | undefined;
}

/** {@link SharedDataOptions} with the defaults filled in. */
export interface CheckedOptions {
  readonly disallow: readonly string[] | undefined;
  readonly cache: boolean;
  readonly cacheTimeout: number;
  readonly fallbackMimetype: string;
  readonly dotfiles: 'ignore' | 'deny' | 'allow';
  readonly memoryLimit: number;
  readonly resolveFrom: string | URL | undefined;
}

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:;[\t\x20-\x7e]*)?$/;

interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const BYTES: Rule = { expected: 'a whole number of bytes, 0 or more', accepts: isCount };

const RULES: Readonly<Record<keyof SharedDataOptions, Rule>> = {
  disallow: {
    expected: 'a pattern or a list of patterns',
    accepts: (value) => [value].flat().every(isString),
  },
  cache: { expected: 'true or false', accepts: (value) => typeof value === 'boolean' },
  cacheTimeout: { expected: 'a whole number of seconds, 0 or more', accepts: isCount },
  fallbackMimetype: {
    expected: "a media type such as 'text/plain'",
    accepts: (value) => isString(value) && MEDIA_TYPE.test(value),
  },
  dotfiles: oneOf('ignore', 'deny', 'allow'),
  memoryLimit: BYTES,
  resolveFrom: {
    expected: 'a path or a file: URL',
    accepts: (value) => (value instanceof URL ? value.protocol === 'file:' : isString(value) && value !== ''),
  },
};

/**
 * The options with their defaults. An option that is undefined counts as not given.
 *
 * @throws TypeError for an unknown option or a value of the wrong kind; the message names both.
 */
export function checkOptions(options: SharedDataOptions): CheckedOptions {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError(format('expected an object of options, got %O', options));
  }
  for (const [name, value] of Object.entries(options)) check(name, value);
  return {
    disallow: typeof options.disallow === 'string' ? [options.disallow] : options.disallow,
    cache: options.cache ?? true,
    cacheTimeout: options.cacheTimeout ?? 12 * 60 * 60,
    fallbackMimetype: options.fallbackMimetype ?? 'application/octet-stream',
    dotfiles: options.dotfiles ?? 'ignore',
    memoryLimit: options.memoryLimit ?? 64 * 1024 * 1024,
    resolveFrom: options.resolveFrom,
  };
}

function check(name: string, value: unknown): void {
  if (!Object.hasOwn(RULES, name)) {
    throw new TypeError(`unknown option '${name}'; the options are ${Object.keys(RULES).join(', ')}`);
  }
  const { expected, accepts } = RULES[name as keyof SharedDataOptions];
  if (value !== undefined && !accepts(value)) {
    throw new TypeError(format("option '%s': expected %s, got %O", name, expected, value));
  }
}

function oneOf(...values: readonly string[]): Rule {
  const expected = values.map((value) => `'${value}'`).join(' or ');
  return { expected, accepts: (value) => values.includes(value as string) };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
