import {
  checkOptions,
  isString,
  isOneOrMore,
  listOf,
  MAX_DELAY_MS,
  wholeNumber,
  type Rules,
} from '../options/rules';
import { isPathBelow } from '../paths/request-path';
import type { CheckedS3Options, S3LoaderOptions } from './options';

const RULES: Rules<S3LoaderOptions> = {
  client: {
    expected: 'an S3Client of @aws-sdk/client-s3',
    accepts: (value) => typeof (value as { send?: unknown } | null)?.send === 'function',
    isRequired: true,
    // What is given instead of a client is often its configuration, with the credentials.
    isSecret: true,
  },
  bucket: {
    expected: 'the name of a bucket',
    accepts: (value) => isString(value) && value !== '',
    isRequired: true,
  },
  prefix: {
    // Without the slash, 'site' would also be the start of 'site-drafts/'.
    expected: "the beginning of keys, up to a slash, such as 'site/'",
    accepts: (value) => value === '' || (isString(value) && value.endsWith('/') && isPathBelow(`${value}a`)),
  },
  key: {
    expected: "the key of an object, such as 'favicon.ico'",
    accepts: (value) => isString(value) && isPathBelow(value),
  },
  index: {
    expected: "a name such as 'index.html', a list of them, or false",
    accepts: (value) => value === false || isOneOrMore(isName)(value),
  },
  metadataTtl: wholeNumber('milliseconds', 0, MAX_DELAY_MS),
  maxKeys: wholeNumber('keys', 1, MAX_DELAY_MS),
  timeout: wholeNumber('milliseconds', 1, MAX_DELAY_MS),
};

/**
 * Checks the options of the loader and fills in the defaults.
 *
 * @throws TypeError for an unknown option or a value of the wrong type. The message names both.
 */
export function validateS3Options(options: S3LoaderOptions): CheckedS3Options {
  checkOptions(options, RULES);
  return {
    client: options.client,
    bucket: options.bucket,
    prefix: options.prefix ?? '',
    key: options.key,
    index: listOf(options.index),
    metadataTtl: options.metadataTtl ?? 1000,
    maxKeys: options.maxKeys ?? 10_000,
    timeout: options.timeout ?? 5000,
  };
}

function isName(value: unknown): boolean {
  return isString(value) && isPathBelow(value) && !value.includes('/');
}
