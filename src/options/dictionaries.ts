import type { UseAsDictionary } from './options';
import { isListOf, isOneOrMore, isString, type Rule } from './rules';

/**
 * A path of this host with the one wildcard `*`. Not allowed are the other characters with a meaning in URL
 * patterns, and those that URLs escape: a client would compare with another text than this package.
 */
const MATCH = /^\/(?!\/)[\w!$%&'*,./;=@~-]*$/;

/** At most 1024 characters that a string of a structured field may contain (RFC 9842 §2.1.3, RFC 9651 §3.3.3). */
const ID = /^[\x20-\x7e]{1,1024}$/;

const DESTINATION = /^[a-z-]*$/;

const EXPECTED =
  "{ match, id, matchDest } such as { match: '/assets/app.*.js' }, with the path of a URL in which only * is special";

/** The rule for the option `dictionaries`. */
export const DICTIONARIES_RULE: Rule = {
  expected: `${EXPECTED}, a list of them, or a function that returns one for a file`,
  accepts: (value) => typeof value === 'function' || isOneOrMore(isUseAsDictionary)(value),
};

const FIELDS: Readonly<Record<keyof UseAsDictionary, (value: unknown) => boolean>> = {
  match: (value) => isString(value) && MATCH.test(value),
  id: (value) => value === undefined || (isString(value) && ID.test(value)),
  matchDest: (value) =>
    value === undefined || isListOf((one) => isString(one) && DESTINATION.test(one))(value),
};

/** Whether a value says what a file is a dictionary for. */
export function isUseAsDictionary(value: unknown): value is UseAsDictionary {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.keys(value).some((name) => !Object.hasOwn(FIELDS, name))) return false;
  return Object.entries(FIELDS).every(([name, accepts]) => accepts((value as Record<string, unknown>)[name]));
}
