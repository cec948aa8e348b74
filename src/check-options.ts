import { format, types } from 'node:util';
import { CODINGS, type ContentCoding } from './http/content-coding';
import type { CheckedOptions, SharedDataOptions } from './options';

interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:;[\t\x20-\x7e]*)?$/;

const FIELD_VALUE = /^[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*$/;

const TRUE_OR_FALSE: Rule = { expected: 'true or false', accepts: isBoolean };

const RULES: Readonly<Record<keyof SharedDataOptions, Rule>> = {
  disallow: { expected: 'a pattern or a list of patterns', accepts: isOneOrMore(isString) },
  cache: TRUE_OR_FALSE,
  cacheTimeout: { expected: 'a whole number of seconds, 0 or more', accepts: isCount },
  fallbackMimetype: {
    expected: "a media type such as 'text/plain'",
    accepts: (value) => isString(value) && MEDIA_TYPE.test(value),
  },
  dotfiles: oneOf('ignore', 'deny', 'allow'),
  index: {
    expected: "a file name such as 'index.html', a list of them, or false",
    accepts: (value) => value === false || isOneOrMore(isFileName)(value),
  },
  extensions: {
    expected: "a list of extensions without their dots, such as ['html']",
    accepts: isListOf((value) => isFileName(value) && !value.startsWith('.')),
  },
  redirect: oneOf(301, 308),
  precompressed: {
    expected: `true, false or a list of ${CODINGS.map((coding) => `'${coding}'`).join(', ')}`,
    accepts: (value) =>
      isBoolean(value) || isListOf((coding) => CODINGS.some((known) => known === coding))(value),
  },
  cacheControl: {
    expected: 'a value of Cache-Control, or a function that tells it of a file',
    accepts: (value) => typeof value === 'function' || (isString(value) && FIELD_VALUE.test(value)),
  },
  immutable: {
    expected: 'a RegExp or a function of a path',
    accepts: (value) => typeof value === 'function' || types.isRegExp(value),
  },
  etags: oneOf('version', 'content'),
  symlinks: oneOf('follow', 'inside'),
  sendfile: {
    expected:
      "an object { header, from, to } such as { header: 'X-Accel-Redirect', from: 'public', to: '/files' }",
    accepts: isSendfile,
  },
  acceptRanges: TRUE_OR_FALSE,
  memoryLimit: { expected: 'a whole number of bytes, 0 or more', accepts: isCount },
  resolveFrom: {
    expected: 'a path or a file: URL',
    accepts: (value) => (isString(value) ? value !== '' : (value as URL | null)?.protocol === 'file:'),
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
  for (const [name, value] of Object.entries(options)) checkOption(name, value);
  return {
    disallow: options.disallow === undefined ? undefined : listOf(options.disallow),
    cache: options.cache ?? true,
    cacheTimeout: options.cacheTimeout ?? 12 * 60 * 60,
    fallbackMimetype: options.fallbackMimetype ?? 'application/octet-stream',
    dotfiles: options.dotfiles ?? 'ignore',
    index: listOf(options.index),
    extensions: options.extensions ?? [],
    redirect: options.redirect ?? 308,
    precompressed: codingsOf(options.precompressed),
    cacheControl: options.cacheControl,
    immutable: options.immutable,
    etags: options.etags ?? 'version',
    symlinks: options.symlinks ?? 'follow',
    sendfile: options.sendfile,
    acceptRanges: options.acceptRanges ?? true,
    memoryLimit: options.memoryLimit ?? 64 * 1024 * 1024,
    resolveFrom: options.resolveFrom,
  };
}

/** @throws TypeError for an unknown option or a value of the wrong kind; the message names both */
function checkOption(name: string, value: unknown): void {
  if (!Object.hasOwn(RULES, name)) {
    throw new TypeError(`unknown option '${name}'; the options are ${Object.keys(RULES).join(', ')}`);
  }
  const { expected, accepts } = RULES[name as keyof SharedDataOptions];
  if (value !== undefined && !accepts(value)) {
    throw new TypeError(format("option '%s': expected %s, got %O", name, expected, value));
  }
}

function oneOf(...values: readonly (string | number)[]): Rule {
  return {
    expected: values.map((value) => format('%O', value)).join(' or '),
    accepts: (value) => values.some((one) => one === value),
  };
}

function isSendfile(value: unknown): boolean {
  const { header, from, to } = (value ?? {}) as Record<string, unknown>;
  const isFieldName = isString(header) && /^[\w!#$%&'*+.^`|~-]+$/.test(header);
  return isFieldName && isString(from) && from !== '' && isString(to) && /^\/[!-~]*$/.test(to);
}

function isListOf(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(accepts);
}

function isOneOrMore(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => accepts(value) || isListOf(accepts)(value);
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isFileName(value: unknown): value is string {
  return isString(value) && value !== '' && !/[/\\\0]/.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function listOf(value: false | string | readonly string[] | undefined): readonly string[] {
  if (value === undefined || value === false) return [];
  return typeof value === 'string' ? [value] : value;
}

function codingsOf(precompressed: SharedDataOptions['precompressed']): readonly ContentCoding[] {
  if (typeof precompressed === 'object') return precompressed;
  return precompressed === true ? CODINGS : [];
}
