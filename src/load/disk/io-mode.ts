import { Slowness } from './slowness';

/** How files are looked up, opened and read: the values of the option `io`. */
export type Io = 'auto' | 'sync' | 'async';

/** A synchronous operation that takes longer, in milliseconds, delays all other requests too much. */
const SLOW_MS = 3;

/** How long, in milliseconds, a slow disk is used through the thread pool, at first and at most. */
const MIN_POOL_MS = 1000;
const MAX_POOL_MS = 60_000;

/**
 * Decides whether the operations of a disk are synchronous or done by the thread pool. Synchronous ones are ten
 * times as fast on a disk that responds at once. They stop the event loop on one that does not.
 */
export class IoMode {
  readonly #fixed: boolean | undefined;
  readonly #now: () => number;
  readonly #slowness = new Slowness({ slow: SLOW_MS, maxExcess: 20, forgiven: 0.5 });
  /** The time at which synchronous operations are tried again. */
  #poolUntil = 0;
  #poolTime = MIN_POOL_MS;
  #fastestInPool = Infinity;

  /**
   * @param io the option
   * @param isRemote whether the disk may be slow at any time
   * @param now returns the time in milliseconds
   */
  constructor(io: Io, isRemote: boolean, now: () => number = () => performance.now()) {
    this.#fixed = fixedMode(io, isRemote);
    this.#now = now;
  }

  /** Whether the next operation is done by the thread pool. */
  get usesPool(): boolean {
    if (this.#fixed !== undefined) return this.#fixed;
    return this.#poolUntil !== 0 && !this.#mayReturn();
  }

  /** Records the duration of a synchronous operation in milliseconds. */
  recordSync(duration: number): void {
    if (this.#slowness.record(duration)) this.#moveToPool();
  }

  /** Records the duration of an operation in the thread pool in milliseconds. */
  recordPool(duration: number): void {
    this.#fastestInPool = Math.min(this.#fastestInPool, duration);
  }

  /** A disk that is slow again soon after it has returned stays in the pool for twice as long. */
  #moveToPool(): void {
    const now = this.#now();
    const isSoon = now - this.#poolUntil < MAX_POOL_MS;
    this.#poolTime =
      this.#poolUntil !== 0 && isSoon ? Math.min(2 * this.#poolTime, MAX_POOL_MS) : MIN_POOL_MS;
    this.#stayInPool(now);
  }

  #stayInPool(now: number): void {
    this.#poolUntil = now + this.#poolTime;
    this.#fastestInPool = Infinity;
  }

  /** A disk returns if an operation was quick meanwhile, or if there was none. */
  #mayReturn(): boolean {
    const now = this.#now();
    if (now < this.#poolUntil) return false;
    const isQuick = this.#fastestInPool === Infinity || this.#fastestInPool <= SLOW_MS;
    if (!isQuick) this.#stayInPool(now);
    return isQuick;
  }
}

function fixedMode(io: Io, isRemote: boolean): boolean | undefined {
  if (io === 'sync') return false;
  return io === 'async' || isRemote ? true : undefined;
}
