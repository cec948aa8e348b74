import { LRUCache } from 'lru-cache';
import type { MaybePromise } from '../maybe-promise';
import type { ObjectFacts } from './object-facts';
import type { CheckedS3Options } from './options';

interface Known {
  /** Null where there is no such object. */
  readonly facts: ObjectFacts | null;
  /** When they are to be asked for again, in milliseconds of `performance.now`. */
  readonly until: number;
}

/** Remembers for a while what the store said of its keys, and asks it once for all who want to know at the same time. */
export class KnownFacts {
  readonly #look: (key: string) => Promise<ObjectFacts | null>;
  readonly #factsFor: number;
  readonly #known: LRUCache<string, Known>;
  readonly #looks = new Map<string, Promise<ObjectFacts | null>>();

  constructor(
    look: (key: string) => Promise<ObjectFacts | null>,
    { factsFor, keyLimit }: Pick<CheckedS3Options, 'factsFor' | 'keyLimit'>,
  ) {
    this.#look = look;
    this.#factsFor = factsFor;
    this.#known = new LRUCache({ max: keyLimit });
  }

  /** The facts of a key, or null where there is no such object. */
  of(key: string): MaybePromise<ObjectFacts | null> {
    const known = this.#known.get(key);
    if (known !== undefined && performance.now() < known.until) return known.facts;
    return this.#looks.get(key) ?? this.#ask(key);
  }

  /** What has proven wrong is forgotten, unless somebody else has asked anew since. */
  forget(key: string, facts: ObjectFacts): void {
    if (this.#known.get(key)?.facts === facts) this.#known.delete(key);
  }

  #ask(key: string): Promise<ObjectFacts | null> {
    // From before the question: what is answered later may be as old as that.
    const until = performance.now() + this.#factsFor;
    const look = this.#look(key)
      .then((facts) => {
        this.#known.set(key, { facts, until });
        return facts;
      })
      .finally(() => this.#looks.delete(key));
    this.#looks.set(key, look);
    return look;
  }
}
