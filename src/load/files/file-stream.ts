import { Readable } from 'node:stream';
import type { RecyclingStream } from '../../types';
import { BufferPool } from './buffer-pool';
import type { Descriptor } from './descriptor';

/** The size of the reads for a client that is slow or has just connected. */
const MIN_CHUNK_SIZE = 32 * 1024;

/** The size of the reads for a fast client, if there are no others. */
const MAX_CHUNK_SIZE = 512 * 1024;

/** What all fast clients together get in one turn of the event loop. Small responses wait meanwhile. */
const MAX_BYTES_PER_TURN = 1024 * 1024;

/**
 * A client counts as fast only after this many bytes: the kernel buffers some MiB even for a client that
 * reads nothing.
 */
const FAST_AFTER_BYTES = 8 * 1024 * 1024;

const pool = new BufferPool();

/** The number of streams with fast clients. */
let fastStreams = 0;

/**
 * The bytes from `start` to `end` (both included) of an open file. Emits an error if the file has become
 * shorter.
 *
 * For a fast client, the next chunk is read while the last one is sent. A slow client costs one small buffer:
 * a chunk that was read ahead is released, and read again when the client continues.
 */
export class FileStream extends Readable implements RecyclingStream {
  readonly #descriptor: Descriptor;
  readonly #start: number;
  readonly #end: number;
  #position: number;
  #chunkSize = MIN_CHUNK_SIZE;
  #isFast = false;
  /** Whether the consumer waits for a chunk. */
  #isRequested = false;
  #chunkAhead: Buffer | undefined;
  #isReading = false;

  constructor(descriptor: Descriptor, start: number, end: number) {
    super({ highWaterMark: 0 });
    this.#descriptor = descriptor;
    this.#start = start;
    this.#end = end;
    this.#position = start;
  }

  recycle(chunk: Buffer): void {
    if (chunk.byteOffset === 0 && chunk.length === chunk.buffer.byteLength) pool.release(chunk);
  }

  override _read(): void {
    this.#isRequested = true;
    if (this.#chunkAhead !== undefined) this.#deliver(this.#chunkAhead);
    else this.#fetch();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#setFast(false);
    done(error);
  }

  #deliver(chunk: Buffer): void {
    this.#chunkAhead = undefined;
    this.#isRequested = false;
    this.#position += chunk.length;
    this.push(chunk);
    if (this.#position > this.#end) this.push(null);
    else {
      if (this.#isFast) this.#fetch();
      setImmediate(() => {
        this.#adapt();
      });
    }
  }

  /** A client that requests the next chunk within the turn is fast. */
  #adapt(): void {
    const isProven = this.#position - this.#start > FAST_AFTER_BYTES;
    this.#setFast(this.#isRequested && isProven && !this.destroyed);
    this.#chunkSize = this.#isFast ? nextChunkSize(this.#chunkSize) : MIN_CHUNK_SIZE;
  }

  #setFast(isFast: boolean): void {
    if (isFast !== this.#isFast) fastStreams += isFast ? 1 : -1;
    this.#isFast = isFast;
    if (!isFast) this.#releaseChunkAhead();
  }

  #releaseChunkAhead(): void {
    if (this.#chunkAhead !== undefined) this.recycle(this.#chunkAhead);
    this.#chunkAhead = undefined;
  }

  #fetch(): void {
    if (this.#isReading) return;
    const length = Math.min(this.#chunkSize, this.#end + 1 - this.#position);
    const buffer = length === this.#chunkSize ? pool.acquire(length) : Buffer.allocUnsafeSlow(length);
    this.#isReading = true;
    this.#descriptor.read(buffer, this.#position, (error, bytesRead) => {
      this.#isReading = false;
      if (error) this.destroy(error);
      else if (bytesRead === 0) this.destroy(new Error('the file was truncated while it was read'));
      else this.#onChunk(bytesRead === length ? buffer : buffer.subarray(0, bytesRead));
    });
  }

  #onChunk(chunk: Buffer): void {
    if (this.#isRequested && !this.destroyed) this.#deliver(chunk);
    else if (this.#isFast && !this.destroyed) this.#chunkAhead = chunk;
    else this.recycle(chunk);
  }
}

/**
 * The next size for a fast client: twice the last, within its share. A power of two, so that the pool has it.
 */
function nextChunkSize(last: number): number {
  const share = Math.max(MIN_CHUNK_SIZE, 2 ** Math.floor(Math.log2(MAX_BYTES_PER_TURN / fastStreams)));
  return Math.min(2 * last, share, MAX_CHUNK_SIZE);
}
