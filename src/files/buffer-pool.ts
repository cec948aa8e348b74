/** Bytes that wait in the pool for their next use, at the most. */
const MOST_KEPT = 8 * 1024 * 1024;

/**
 * Buffers for reading large files. A fresh buffer of some hundred KiB costs as much as filling it does: the
 * system hands out its pages one by one, zeroed.
 */
export class BufferPool {
  readonly #free = new Map<number, Buffer[]>();
  #kept = 0;

  /** A buffer of that many bytes, with whatever was in it before. */
  take(size: number): Buffer {
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#kept -= size;
    return buffer;
  }

  /** Gives a buffer back. Whoever does so must not touch it again. */
  give(buffer: Buffer): void {
    if (this.#kept + buffer.length > MOST_KEPT) this.#dropOthers(buffer.length);
    if (this.#kept + buffer.length > MOST_KEPT) return;
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
    this.#kept += buffer.length;
  }

  /** Sizes that nobody asks for any more must not keep out those that are asked for now. */
  #dropOthers(size: number): void {
    for (const [other, buffers] of this.#free) {
      if (other === size) continue;
      this.#kept -= other * buffers.length;
      this.#free.delete(other);
    }
  }
}
