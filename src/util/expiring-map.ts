import { emptied } from './emptied';

/** A map that is emptied some time after its first entry was added, so that no entry is older than that. */
export class ExpiringMap<K, V> {
  #entries = new Map<K, V>();
  readonly #maxAge: number;
  #isTimed = false;

  /** @param maxAge how old an entry may be, in milliseconds */
  constructor(maxAge: number) {
    this.#maxAge = maxAge;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    this.#entries.set(key, value);
    if (this.#isTimed) return;
    this.#isTimed = true;
    setTimeout(() => {
      this.#isTimed = false;
      this.#entries = emptied(this.#entries);
    }, this.#maxAge).unref();
  }
}
