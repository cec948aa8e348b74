import { LRUCache } from 'lru-cache';
import type { MaybePromise } from '../util/maybe-promise';
import type { ObjectMetadata } from './object-metadata';
import type { CheckedS3Options } from './options';

interface CacheEntry {
  /** Null if there is no such object. */
  readonly metadata: ObjectMetadata | null;
  /** When the entry expires, in milliseconds of `performance.now`. */
  readonly expiresAt: number;
}

/**
 * Keeps the metadata of objects for a while. Concurrent requests for one key share one request to the store.
 */
export class MetadataCache {
  readonly #fetch: (key: string) => Promise<ObjectMetadata | null>;
  readonly #ttl: number;
  readonly #entries: LRUCache<string, CacheEntry>;
  readonly #pending = new Map<string, Promise<ObjectMetadata | null>>();

  constructor(
    fetch: (key: string) => Promise<ObjectMetadata | null>,
    { metadataTtl, maxKeys }: Pick<CheckedS3Options, 'metadataTtl' | 'maxKeys'>,
  ) {
    this.#fetch = fetch;
    this.#ttl = metadataTtl;
    this.#entries = new LRUCache({ max: maxKeys });
  }

  /** The metadata of an object, or null if there is no such object. */
  get(key: string): MaybePromise<ObjectMetadata | null> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && performance.now() < entry.expiresAt) return entry.metadata;
    return this.#pending.get(key) ?? this.#load(key);
  }

  /** Removes metadata that has proven wrong, unless it has been replaced meanwhile. */
  delete(key: string, metadata: ObjectMetadata): void {
    if (this.#entries.get(key)?.metadata === metadata) this.#entries.delete(key);
  }

  #load(key: string): Promise<ObjectMetadata | null> {
    // Counted from before the request: the response may be as old as that.
    const expiresAt = performance.now() + this.#ttl;
    const pending = this.#fetch(key)
      .then((metadata) => {
        this.#entries.set(key, { metadata, expiresAt });
        return metadata;
      })
      .finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending;
  }
}
