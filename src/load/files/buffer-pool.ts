/** The most bytes that wait in the pool to be used again. */
const MAX_POOLED_BYTES = 8 * 1024 * 1024;

/**
 * Buffers for reading large files. Allocating a new buffer of some hundred KiB takes as long as filling it,
 * because the operating system zeroes its pages one by one.
 */
export class BufferPool {
  readonly #free = new Map<number, Buffer[]>();
  #pooledBytes = 0;

  /** Returns a buffer of `size` bytes with arbitrary content. */
  acquire(size: number): Buffer {
    const buffer = this.#free.get(size)?.pop();
    if (buffer === undefined) return Buffer.allocUnsafeSlow(size);
    this.#pooledBytes -= size;
    return buffer;
  }

  /** Takes a buffer back. The caller must not use it any more. */
  release(buffer: Buffer): void {
    if (this.#pooledBytes + buffer.length > MAX_POOLED_BYTES) this.#evictOtherSizes(buffer.length);
    if (this.#pooledBytes + buffer.length > MAX_POOLED_BYTES) return;
    const free = this.#free.get(buffer.length);
    if (free === undefined) this.#free.set(buffer.length, [buffer]);
    else free.push(buffer);
    this.#pooledBytes += buffer.length;
  }

  /** Makes room: sizes that are no longer requested must not displace those that are. */
  #evictOtherSizes(size: number): void {
    for (const [other, buffers] of this.#free) {
      if (other === size) continue;
      this.#pooledBytes -= other * buffers.length;
      this.#free.delete(other);
    }
  }
}
