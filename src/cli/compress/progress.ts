import type { Writable } from 'node:stream';

/** Erases the line that the cursor is in, and goes to its beginning. */
const ERASE_LINE = '\r\x1b[K';

/** A line on a terminal that tells how far a work has come; nothing where there is no terminal. */
export class Progress {
  readonly #stream: Writable | undefined;
  readonly #total: number;
  #done = 0;

  constructor(stream: Writable & { readonly isTTY?: boolean }, total: number) {
    this.#stream = stream.isTTY === true ? stream : undefined;
    this.#total = total;
  }

  /** One more is done. */
  step(): void {
    this.#done += 1;
    this.#stream?.write(`${ERASE_LINE}compressing: ${this.#done} of ${this.#total} files`);
  }

  /** Takes the line away, for another or at the end. */
  clear(): void {
    this.#stream?.write(ERASE_LINE);
  }
}
