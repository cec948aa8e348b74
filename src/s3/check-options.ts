import { format } from 'node:util';
import { isKeyEnding } from './keys';
import type { CheckedS3Options, S3LoaderOptions } from './options';

interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  readonly isRequired?: boolean;
}

/** Longer times than this, `setTimeout` takes for none. */
const LONGEST = 2 ** 31 - 1;

const RULES: Readonly<Record<keyof S3LoaderOptions, Rule>> = {
  client: {
    expected: 'an S3Client of @aws-sdk/client-s3',
    accepts: (value) => typeof (value as { send?: unknown } | null)?.send === 'function',
    isRequired: true,
  },
  bucket: {
    expected: 'the name of a bucket',
    accepts: (value) => isString(value) && value !== '',
    isRequired: true,
  },
  prefix: {
    // Without the slash, 'site' would also have the objects of 'site-drafts/'.
    expected: "the beginning of keys, up to a slash, such as 'site/'",
    accepts: (value) => value === '' || (isString(value) && value.endsWith('/') && isKeyEnding(`${value}a`)),
  },
  key: { expected: "the key of an object, such as 'favicon.ico'", accepts: isKey },
  index: {
    expected: "a name such as 'index.html', a list of them, or false",
    accepts: (value) => value === false || isName(value) || (Array.isArray(value) && value.every(isName)),
  },
  factsFor: { expected: 'a whole number of milliseconds, 0 or more', accepts: isFrom(0, LONGEST) },
  keyLimit: { expected: 'a whole number of keys, 1 or more', accepts: isFrom(1, LONGEST) },
  timeout: { expected: 'a whole number of milliseconds, 1 or more', accepts: isFrom(1, LONGEST) },
};

/**
 * The options with their defaults. An option that is undefined counts as not given.
 *
 * @throws TypeError for an unknown option or a value of the wrong kind; the message names both
 */
export function checkS3Options(options: S3LoaderOptions): CheckedS3Options {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError(format('expected an object of options, got %O', options));
  }
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(RULES, name)) {
      throw new TypeError(`unknown option '${name}'; the options are ${Object.keys(RULES).join(', ')}`);
    }
  }
  for (const [name, rule] of Object.entries(RULES)) {
    checkOption(name, options[name as keyof S3LoaderOptions], rule);
  }
  const { client, bucket, index } = options;
  return {
    client,
    bucket,
    prefix: options.prefix ?? '',
    key: options.key,
    index: typeof index === 'string' ? [index] : index === false ? [] : (index ?? []),
    factsFor: options.factsFor ?? 1000,
    keyLimit: options.keyLimit ?? 10_000,
    timeout: options.timeout ?? 5000,
  };
}

function checkOption(name: string, value: unknown, { expected, accepts, isRequired }: Rule): void {
  if (value === undefined && isRequired !== true) return;
  if (accepts(value)) return;
  // What is given in the place of a client is often its configuration, and has the credentials.
  const got = name === 'client' && value !== null ? typeof value : format('%O', value);
  throw new TypeError(`option '${name}': expected ${expected}, got ${got}`);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isKey(value: unknown): boolean {
  return isString(value) && isKeyEnding(value);
}

function isName(value: unknown): boolean {
  return isString(value) && isKeyEnding(value) && !value.includes('/');
}

function isFrom(least: number, most: number): (value: unknown) => boolean {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
