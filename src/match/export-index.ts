import type { Loader } from '../types';
import { memoize } from '../util/memoize';
import { addMatches, matchExports, type Match } from './match-exports';

/** Up to this many exports, comparing each prefix is faster than cutting the path at its slashes. */
const MAX_LINEAR = 8;

interface Entry {
  readonly position: number;
  readonly prefix: string;
  readonly loader: Loader;
}

/** A list of exports that does not change, indexed by prefix. The time to search it does not grow with it. */
export class ExportIndex {
  readonly #exports: readonly (readonly [string, Loader])[];
  readonly #byPrefix = new Map<string, Entry[]>();

  constructor(exports: readonly (readonly [string, Loader])[]) {
    this.#exports = exports;
    for (const [position, [prefix, loader]] of exports.entries()) {
      const entries = this.#byPrefix.get(prefix) ?? [];
      entries.push({ position, prefix, loader });
      this.#byPrefix.set(prefix, entries);
    }
  }

  /** The exports that match a decoded request path, in the order in which they are searched. */
  readonly match = memoize((requestPath): readonly Match[] => this.#match(requestPath));

  #match(requestPath: string): Match[] {
    if (this.#exports.length <= MAX_LINEAR) return matchExports(this.#exports, requestPath);
    const entries: Entry[] = [];
    for (const prefix of possiblePrefixes(requestPath)) {
      const found = this.#byPrefix.get(prefix);
      if (found !== undefined) entries.push(...found);
    }
    entries.sort((one, other) => one.position - other.position);
    const matches: Match[] = [];
    for (const { prefix, loader } of entries) addMatches(matches, prefix, loader, requestPath);
    return matches;
  }
}

/** The path up to each of its slashes, without and with the slash, and the whole path. */
function possiblePrefixes(path: string): Set<string> {
  const prefixes = new Set<string>();
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    prefixes.add(path.slice(0, slash)).add(path.slice(0, slash + 1));
  }
  return prefixes.add(path);
}
