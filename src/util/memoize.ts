import { emptied } from './emptied';

/**
 * How many results are kept, and for keys of which length. Clients choose the keys, and each export keeps results of its
 * own, so that a client could otherwise fill the memory of a server with many exports.
 */
const MAX_RESULTS = 250;
const MAX_KEY_LENGTH = 200;

/** A function of a string whose results are kept. They must depend on nothing else, and not be changed. */
export function memoize<T>(compute: (key: string) => T): (key: string) => T {
  let results = new Map<string, T>();
  return (key) => {
    const known = results.get(key);
    if (known !== undefined) return known;
    const result = compute(key);
    if (key.length > MAX_KEY_LENGTH) return result;
    if (results.size === MAX_RESULTS) results = emptied(results);
    results.set(key, result);
    return result;
  };
}
