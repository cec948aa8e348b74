import { format } from 'node:util';
import { CommandError } from './command-error';

/**
 * What was given for an option, and what a message calls the option: `option --port`, or the file that it stands in
 * and its name there.
 */
export interface Given<T> {
  readonly value: T;
  readonly called: string;
}

/** What was given is not what an option takes. */
export function unexpected(called: string, expected: string, value: unknown): CommandError {
  return new CommandError(format('%s: expected %s, got %O', called, expected, value));
}

export function readCount({ value, called }: Given<string>, largest = Number.MAX_SAFE_INTEGER): number {
  if (/^\d+$/.test(value) && Number(value) <= largest) return Number(value);
  throw unexpected(called, `a whole number from 0 to ${largest}`, value);
}

/** An empty host, such as a variable that is not set, would listen on every address of the machine. */
export function readHost({ value, called }: Given<string>): string {
  if (value === '') throw unexpected(called, 'an address', value);
  return value;
}

export function readOneOf<const T extends string>(
  { value, called }: Given<string>,
  choices: readonly T[],
): T {
  const chosen = choices.find((choice) => choice === value);
  if (chosen === undefined) throw unexpected(called, choices.join(' or '), value);
  return chosen;
}

/** Names of files without a folder. */
export function readNames({ value, called }: Given<readonly string[]>): readonly string[] {
  for (const name of value) {
    if (name === '' || /[/\\\0]/.test(name)) throw unexpected(called, "a name such as 'index.html'", name);
  }
  return value;
}
