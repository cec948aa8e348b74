/** What counts as slow, in milliseconds. */
export interface SlownessLimits {
  /** An operation that takes longer is slow. */
  readonly slow: number;
  /** The time above `slow` that operations may take together. */
  readonly maxExcess: number;
  /** What an operation that is not slow takes off the excess. */
  readonly forgiven: number;
}

/**
 * Tells whether operations are slow. A single one may be, because on a busy machine the process is sometimes
 * interrupted in the middle of an operation.
 */
export class Slowness {
  readonly #limits: SlownessLimits;
  #excess = 0;

  constructor(limits: SlownessLimits) {
    this.#limits = limits;
  }

  /** Records the duration of an operation in milliseconds. Returns whether operations have become slow. */
  record(duration: number): boolean {
    const { slow, maxExcess, forgiven } = this.#limits;
    if (duration <= slow) {
      if (this.#excess > 0) this.#excess -= forgiven;
      return false;
    }
    this.#excess = Math.max(this.#excess, 0) + duration - slow;
    if (this.#excess <= maxExcess) return false;
    this.#excess = 0;
    return true;
  }
}
