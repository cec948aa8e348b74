import { closeSync, read } from 'node:fs';
import { readBuffer } from './read';

/** Called with an error, or with the number of bytes that were read. */
type ReadCallback = (error: Error | null, bytesRead: number) => void;

/**
 * The descriptor of an open file. Closing waits for the reads in progress: after it, the number of the
 * descriptor may be that of another file.
 */
export class Descriptor {
  readonly #fd: number;
  #reads = 0;
  #onIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** Reads up to the length of a buffer from a position. */
  read(buffer: Buffer, position: number, callback: ReadCallback): void {
    if (this.#closing !== undefined) {
      callback(closedError(), 0);
      return;
    }
    this.#reads += 1;
    read(this.#fd, buffer, 0, buffer.length, position, (error, bytesRead) => {
      this.#endRead();
      callback(error, bytesRead);
    });
  }

  /** Reads `length` bytes from a position, or fewer if the file ends before. */
  async readBuffer(position: number, length: number): Promise<Buffer> {
    if (this.#closing !== undefined) throw closedError();
    this.#reads += 1;
    try {
      return await readBuffer(this.#fd, position, length);
    } finally {
      this.#endRead();
    }
  }

  /** Closes the file once, however often it is called. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#reads > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
      });
    }
    closeSync(this.#fd);
  }

  #endRead(): void {
    this.#reads -= 1;
    if (this.#reads === 0) this.#onIdle?.();
  }
}

function closedError(): Error {
  return new Error('the file was closed before it was read');
}
