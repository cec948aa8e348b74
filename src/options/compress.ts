import { CONTENT_CODINGS, type ContentCoding } from '../types';
import { checkOptions, isBoolean, isListOf, oneOf, wholeNumber, type Rule, type Rules } from './rules';

/** How files are compressed while they are served. */
export interface CompressOptions {
  /**
   * The content codings, in order of preference. `'zstd'` is left out by versions of Node that lack it: it needs
   * 22.15 or 23.8.
   *
   * @default ['br', 'zstd', 'gzip']
   */
  readonly encodings?: readonly ContentCoding[] | undefined;
  /**
   * The size in bytes from which a file is compressed.
   *
   * @default 1024
   */
  readonly minSize?: number | undefined;
  /**
   * How much time a compression may take. `'quick'`: some milliseconds for 100 KB. `'best'`: up to a hundred times
   * that, for the smallest result. `'auto'`: quick at first; the best when the file is requested again and no other
   * compression waits.
   *
   * @default 'auto'
   */
  readonly level?: 'auto' | 'quick' | 'best' | undefined;
  /**
   * How many compressions run at a time. Each takes a thread of the pool, which has four by default and reads files
   * too.
   *
   * @default 2
   */
  readonly concurrency?: number | undefined;
}

/** {@link CompressOptions} with the defaults filled in. */
export interface CompressSettings {
  readonly encodings: readonly ContentCoding[];
  readonly minSize: number;
  readonly level: 'auto' | 'quick' | 'best';
  readonly concurrency: number;
}

const NAMES = CONTENT_CODINGS.map((coding) => `'${coding}'`).join(', ');

const isListOfCodings = isListOf((coding) => CONTENT_CODINGS.some((known) => known === coding));

/** The rule for an option that is a list of codings, or true for all. */
export const CODINGS_RULE: Rule = {
  expected: `true, false or a list of ${NAMES}`,
  accepts: (value) => isBoolean(value) || isListOfCodings(value),
};

/** The rule for the option itself. What is in an object is checked by {@link compressSettings}. */
export const COMPRESS_RULE: Rule = {
  expected: 'true, false or an object { encodings, minSize, level, concurrency }',
  accepts: (value) =>
    isBoolean(value) || (typeof value === 'object' && value !== null && !Array.isArray(value)),
};

/** Errors name an option together with the option that it is in. */
type Named<Options> = { readonly [Name in keyof Options & string as `compress.${Name}`]: Options[Name] };

const RULES: Rules<Named<CompressOptions>> = {
  'compress.encodings': { expected: `a list of ${NAMES}`, accepts: isListOfCodings },
  'compress.minSize': wholeNumber('bytes'),
  'compress.level': oneOf('auto', 'quick', 'best'),
  'compress.concurrency': wholeNumber('compressions', 1),
};

/**
 * The settings of the option `compress`, or undefined if it is off.
 *
 * @throws TypeError for an unknown option in it or a value of the wrong type. The message names both.
 */
export function compressSettings(
  compress: boolean | CompressOptions | undefined,
): CompressSettings | undefined {
  if (compress === undefined || compress === false) return undefined;
  const options = compress === true ? {} : compress;
  const named = Object.entries(options).map(([name, value]) => [`compress.${name}`, value] as const);
  checkOptions(Object.fromEntries(named) as Named<CompressOptions>, RULES);
  return {
    encodings: [...(options.encodings ?? CONTENT_CODINGS)],
    minSize: options.minSize ?? 1024,
    level: options.level ?? 'auto',
    concurrency: options.concurrency ?? 2,
  };
}
