import { read } from 'node:fs';
import { Readable } from 'node:stream';
import { BufferPool } from './buffer-pool';

/** The size of the reads for a client that lags or has just come. */
const SMALLEST = 32 * 1024;

/** The size for one that has kept up for long, and has no others beside it. */
const LARGEST = 512 * 1024;

/** What all who keep up get together: so much is written in a turn, while small answers wait. */
const SHARED = 1024 * 1024;

/**
 * The kernel takes some MiB for a client that then reads nothing: who has taken no more than this in bytes has not
 * shown that it keeps up.
 */
const PROVEN_AFTER = 8 * 1024 * 1024;

const pool = new BufferPool();

/** How many streams have clients that keep up. */
let swift = 0;

/**
 * The bytes from `start` to `end` (both included) of an open file. It errors if the file has become too short.
 *
 * For a client that keeps up, the next buffer is read while the last one is sent. One that lags costs a single
 * small buffer: what was read ahead is given back, and read again when the client goes on.
 */
export class FileStream extends Readable {
  readonly #descriptor: number;
  readonly #start: number;
  readonly #end: number;
  #position: number;
  #size = SMALLEST;
  #keepsUp = false;
  #isWanted = false;
  #ahead: Buffer | undefined;
  #reading: Promise<void> | undefined;

  constructor(descriptor: number, start: number, end: number) {
    super({ highWaterMark: 0 });
    this.#descriptor = descriptor;
    this.#start = start;
    this.#end = end;
    this.#position = start;
  }

  /** Resolves when no read is under way. */
  async idle(): Promise<void> {
    await this.#reading;
  }

  /** Gives back a buffer that this stream has put out, once it has been sent. */
  recycle(chunk: Buffer): void {
    if (chunk.byteOffset === 0 && chunk.length === chunk.buffer.byteLength) pool.give(chunk);
  }

  override _read(): void {
    this.#isWanted = true;
    if (this.#ahead !== undefined) this.#deliver(this.#ahead);
    else this.#fetch();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#setKeepsUp(false);
    done(error);
  }

  #deliver(chunk: Buffer): void {
    this.#ahead = undefined;
    this.#isWanted = false;
    this.#position += chunk.length;
    this.push(chunk);
    if (this.#position > this.#end) this.push(null);
    else {
      if (this.#keepsUp) this.#fetch();
      setImmediate(() => {
        this.#adapt();
      });
    }
  }

  /** A client that wants more within the turn keeps up; one that does not lags. */
  #adapt(): void {
    this.#setKeepsUp(this.#isWanted && this.#position - this.#start > PROVEN_AFTER && !this.destroyed);
    this.#size = this.#keepsUp ? sizeBeside(this.#size) : SMALLEST;
  }

  #setKeepsUp(keepsUp: boolean): void {
    if (keepsUp !== this.#keepsUp) swift += keepsUp ? 1 : -1;
    this.#keepsUp = keepsUp;
    if (!keepsUp) this.#giveBack();
  }

  #giveBack(): void {
    if (this.#ahead !== undefined) this.recycle(this.#ahead);
    this.#ahead = undefined;
  }

  #fetch(): void {
    if (this.#reading !== undefined) return;
    const length = Math.min(this.#size, this.#end + 1 - this.#position);
    const buffer = length === this.#size ? pool.take(length) : Buffer.allocUnsafeSlow(length);
    this.#reading = new Promise((resolve) => {
      read(this.#descriptor, buffer, 0, length, this.#position, (error, bytesRead) => {
        this.#reading = undefined;
        resolve();
        if (error) this.destroy(error);
        else if (bytesRead === 0) this.destroy(new Error('the file was cut short while it was read'));
        else this.#arrived(bytesRead === length ? buffer : buffer.subarray(0, bytesRead));
      });
    });
  }

  #arrived(chunk: Buffer): void {
    if (this.#isWanted && !this.destroyed) this.#deliver(chunk);
    else if (this.#keepsUp && !this.destroyed) this.#ahead = chunk;
    else this.recycle(chunk);
  }
}

/** The next size for a client that keeps up: twice the last, within its share. Powers of two, which the pool has. */
function sizeBeside(last: number): number {
  const share = Math.max(SMALLEST, 2 ** Math.floor(Math.log2(SHARED / swift)));
  return Math.min(2 * last, share, LARGEST);
}
