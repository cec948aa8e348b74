import { format } from 'node:util';

/** What an option accepts, and how an error describes that. */
export interface Rule {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  readonly isRequired?: boolean;
  /** Whether an error names only the type of the value, because the value may hold secrets. */
  readonly isSecret?: boolean;
}

/** A rule for each option. */
export type Rules<Options> = Readonly<Record<keyof Options & string, Rule>>;

/**
 * Checks options against their rules. An option that is undefined counts as not given.
 *
 * @throws TypeError for an unknown option or a value of the wrong type. The message names the option, the
 *   value and what was expected.
 */
export function checkOptions<Options extends object>(options: Options, rules: Rules<Options>): void {
  if (typeof options !== 'object' || (options as unknown) === null) {
    throw new TypeError(format('expected an object of options, got %O', options));
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(rules, name)) continue;
    throw new TypeError(`unknown option '${name}'; the options are ${Object.keys(rules).join(', ')}`);
  }
  for (const [name, rule] of Object.entries<Rule>(rules)) {
    checkOption(name, options[name as keyof Options], rule);
  }
}

function checkOption(name: string, value: unknown, rule: Rule): void {
  if (value === undefined ? rule.isRequired !== true : rule.accepts(value)) return;
  const got = rule.isSecret === true && value !== null ? typeof value : format('%O', value);
  throw new TypeError(`option '${name}': expected ${rule.expected}, got ${got}`);
}

/** A rule for one of several values. */
export function oneOf(...values: readonly (string | number | boolean)[]): Rule {
  return {
    expected: values.map((value) => format('%O', value)).join(' or '),
    accepts: (value) => values.some((one) => one === value),
  };
}

/** A rule for a whole number from `min` to `max`. */
export function wholeNumber(unit: string, min = 0, max = Number.MAX_SAFE_INTEGER): Rule {
  return {
    expected: `a whole number of ${unit}, ${min} or more`,
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
  };
}

/** The longest delay of `setTimeout`. It takes a longer one for none. */
export const MAX_DELAY_MS = 2 ** 31 - 1;

/** A rule for the names of index files. */
export const INDEX_RULE: Rule = {
  expected: "a file name such as 'index.html', a list of them, or false",
  accepts: (value) => value === false || isOneOrMore(isFileName)(value),
};

/** The names of index files as a list. */
export function listOf(value: false | string | readonly string[] | undefined): readonly string[] {
  if (value === undefined || value === false) return [];
  return typeof value === 'string' ? [value] : value;
}

export function isListOf(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(accepts);
}

export function isOneOrMore(accepts: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => accepts(value) || isListOf(accepts)(value);
}

export function isString(value: unknown): value is string {
  return typeof value === 'string';
}

export function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

/** Whether a value is the name of a file without a directory. */
export function isFileName(value: unknown): value is string {
  return isString(value) && value !== '' && !/[/\\\0]/.test(value);
}

/** Whether a value is the path of a file below a directory, without `.`, `..` and empty segments. */
export function isFilePath(value: unknown): value is string {
  return isString(value) && value.split('/').every((name) => isFileName(name) && !/^\.{1,2}$/.test(name));
}
