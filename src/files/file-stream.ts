import { read } from 'node:fs';
import { Readable } from 'node:stream';

const CHUNK = 256 * 1024;

/** The bytes from `start` to `end` (both included) of an open file. It errors if the file has become too short. */
export class FileStream extends Readable {
  readonly #descriptor: number;
  readonly #end: number;
  #position: number;
  #reading: Promise<void> | undefined;

  constructor(descriptor: number, start: number, end: number) {
    super({ highWaterMark: CHUNK });
    this.#descriptor = descriptor;
    this.#position = start;
    this.#end = end;
  }

  /** Resolves when no read is under way. */
  async idle(): Promise<void> {
    await this.#reading;
  }

  override _read(): void {
    const left = this.#end + 1 - this.#position;
    if (left <= 0) {
      this.push(null);
      return;
    }
    const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK));
    this.#reading = new Promise((resolve) => {
      read(this.#descriptor, chunk, 0, chunk.length, this.#position, (error, bytesRead) => {
        this.#reading = undefined;
        resolve();
        if (error) this.destroy(error);
        else if (bytesRead === 0) this.destroy(new Error('the file was cut short while it was read'));
        else {
          this.#position += bytesRead;
          this.push(bytesRead === chunk.length ? chunk : chunk.subarray(0, bytesRead));
        }
      });
    });
  }
}
