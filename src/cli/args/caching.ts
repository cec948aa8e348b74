import { disallows } from '../../access/disallow';
import type { SharedDataOptions } from '../../options/options';
import type { OPTIONS, Values } from './options';
import { readCount, type Given } from './values';

type CachingOptions = Pick<SharedDataOptions, 'cache' | 'cacheTimeout' | 'cacheControl' | 'immutable'>;

/**
 * Reads how long clients may keep files. Unlike the middleware, the command lets them check for changes each time
 * unless the user says otherwise: a file that is edited is shown at the next reload.
 *
 * @throws CommandError for a lifetime that is not a number of seconds
 */
export function readCaching(
  { cache = true, immutable }: Pick<Values<typeof OPTIONS>, 'cache' | 'immutable'>,
  { value: seconds, label }: Given<string | undefined>,
): CachingOptions {
  const lifetime =
    seconds === undefined
      ? { cacheControl: 'no-cache' }
      : { cacheTimeout: readCount({ value: seconds, label }) };
  return { cache, ...lifetime, immutable: immutable && matchesOneOf(immutable) };
}

/** The patterns have the syntax of `--disallow`. */
function matchesOneOf(patterns: readonly string[]): (path: string) => boolean {
  const matches = disallows(patterns);
  return (path) => matches(path.slice(path.lastIndexOf('/') + 1), path);
}
