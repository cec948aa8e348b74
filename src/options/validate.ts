import { types } from 'node:util';
import { CONTENT_CODINGS, type ContentCoding } from '../types';
import { CODINGS_RULE, COMPRESS_RULE, compressSettings } from './compress';
import { DICTIONARIES_RULE } from './dictionaries';
import { EXPECTED_MEDIA_TYPE, isMediaType, isMimeTypes, mediaTypeLookup } from './media-types';
import { DEFAULT_TIMEOUT, type CheckedOptions, type SharedDataOptions } from './options';
import {
  checkOptions,
  INDEX_RULE,
  isBoolean,
  isFileName,
  isFilePath,
  isListOf,
  isOneOrMore,
  isString,
  listOf,
  MAX_DELAY_MS,
  oneOf,
  wholeNumber,
  type Rule,
  type Rules,
} from './rules';

const FIELD_VALUE = /^[\x21-\x7e]+(?:[\t ]+[\x21-\x7e]+)*$/;

const TRUE_OR_FALSE: Rule = { expected: 'true or false', accepts: isBoolean };

const RULES: Rules<SharedDataOptions> = {
  disallow: { expected: 'a pattern or a list of patterns', accepts: isOneOrMore(isString) },
  cache: TRUE_OR_FALSE,
  cacheTimeout: wholeNumber('seconds'),
  fallbackMimetype: { expected: EXPECTED_MEDIA_TYPE, accepts: isMediaType },
  mimeTypes: {
    expected:
      "media types by extension, such as { '.glsl': 'text/plain' }, or a function that returns one for a file",
    accepts: isMimeTypes,
  },
  dotfiles: oneOf('ignore', 'deny', 'allow'),
  index: INDEX_RULE,
  extensions: {
    expected: "a list of extensions without their dots, such as ['html']",
    accepts: isListOf((value) => isFileName(value) && !value.startsWith('.')),
  },
  listing: {
    expected: 'true, false or a function that returns the page of a directory',
    accepts: (value) => isBoolean(value) || typeof value === 'function',
  },
  redirect: oneOf(301, 308, false),
  precompressed: CODINGS_RULE,
  compress: COMPRESS_RULE,
  dictionaries: DICTIONARIES_RULE,
  cacheControl: {
    expected: 'a value of Cache-Control, or a function that returns one for a file',
    accepts: (value) => typeof value === 'function' || (isString(value) && FIELD_VALUE.test(value)),
  },
  immutable: {
    expected: 'a RegExp or a function of a path',
    accepts: (value) => typeof value === 'function' || types.isRegExp(value),
  },
  fallback: {
    expected:
      "the path of a file below an export such as 'index.html', or an object { file, status } with the status 200 or 404",
    accepts: (value) => isFilePath(value) || isFallback(value),
  },
  etags: oneOf('stat', 'content'),
  weakEtags: TRUE_OR_FALSE,
  digest: TRUE_OR_FALSE,
  symlinks: oneOf('follow', 'inside'),
  names: oneOf('exact', 'any'),
  io: oneOf('auto', 'sync', 'async'),
  timeout: wholeNumber('milliseconds', 1, MAX_DELAY_MS),
  sendfile: {
    expected:
      "an object { header, from, to } such as { header: 'X-Accel-Redirect', from: 'public', to: '/files' }",
    accepts: isSendfile,
  },
  acceptRanges: TRUE_OR_FALSE,
  memoryLimit: wholeNumber('bytes'),
  resolveFrom: {
    expected: 'a path or a file: URL',
    accepts: (value) => (isString(value) ? value !== '' : (value as URL | null)?.protocol === 'file:'),
  },
};

/**
 * Checks the options of the middleware and fills in the defaults.
 *
 * @throws TypeError for an unknown option or a value of the wrong type. The message names both.
 */
export function validateOptions(options: SharedDataOptions): CheckedOptions {
  checkOptions(options, RULES);
  return {
    disallow: options.disallow === undefined ? undefined : listOf(options.disallow),
    cache: options.cache ?? true,
    cacheTimeout: options.cacheTimeout ?? 12 * 60 * 60,
    fallbackMimetype: options.fallbackMimetype ?? 'application/octet-stream',
    mediaTypeOf: mediaTypeLookup(options.mimeTypes),
    dotfiles: options.dotfiles ?? 'ignore',
    index: listOf(options.index),
    extensions: options.extensions ?? [],
    listing: options.listing ?? false,
    redirect: options.redirect ?? 308,
    precompressed: codingsOf(options.precompressed),
    compress: compressSettings(options.compress),
    dictionaries: options.dictionaries,
    cacheControl: options.cacheControl,
    immutable: options.immutable,
    fallback: fallbackOf(options.fallback),
    etags: options.etags ?? 'stat',
    weakEtags: options.weakEtags ?? false,
    digest: options.digest ?? false,
    symlinks: options.symlinks ?? 'follow',
    names: options.names ?? 'exact',
    io: options.io ?? 'auto',
    timeout: options.timeout ?? DEFAULT_TIMEOUT,
    sendfile: options.sendfile,
    acceptRanges: options.acceptRanges ?? true,
    memoryLimit: options.memoryLimit ?? 64 * 1024 * 1024,
    resolveFrom: options.resolveFrom,
  };
}

function isSendfile(value: unknown): boolean {
  const { header, from, to } = (value ?? {}) as Record<string, unknown>;
  const isFieldName = isString(header) && /^[\w!#$%&'*+.^`|~-]+$/.test(header);
  return isFieldName && isString(from) && from !== '' && isString(to) && /^\/[!-~]*$/.test(to);
}

function isFallback(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { file, status, ...others } = value as Record<string, unknown>;
  const isStatus = status === undefined || status === 200 || status === 404;
  return isFilePath(file) && isStatus && Object.keys(others).length === 0;
}

function fallbackOf(fallback: SharedDataOptions['fallback']): CheckedOptions['fallback'] {
  if (fallback === undefined) return undefined;
  return typeof fallback === 'string'
    ? { file: fallback, status: 200 }
    : { file: fallback.file, status: fallback.status ?? 200 };
}

function codingsOf(precompressed: SharedDataOptions['precompressed']): readonly ContentCoding[] {
  if (typeof precompressed === 'object') return [...precompressed];
  return precompressed === true ? CONTENT_CODINGS : [];
}
