import { andThen, isPromise, type MaybePromise } from '../../util/maybe-promise';
import type { Disk, ReadCallback } from '../disk/disk';
import { Slowness } from '../disk/slowness';
import { fileVersion, type FileVersion } from './file-version';

/**
 * Files up to this many bytes are read synchronously from a quick disk: the thread pool would take ten times as
 * long. This happens once per version, right after the look-up of the file.
 */
const SYNC_READ_MAX = 64 * 1024;

/** A synchronous read of a part that takes longer, in milliseconds, was not in the memory of the system. */
const SLOW_READS = { slow: 0.2, maxExcess: 5, forgiven: 0.1 };

/** For how long, in milliseconds, parts are then read by the thread pool. */
const POOL_MS = 250;

/** What one operation reads at most from a slow disk, since each operation is limited in time. */
const PIECE_SIZE = 256 * 1024;

/**
 * The descriptor of an open file. Closing waits for the reads in progress: after it, the number of the
 * descriptor may be that of another file.
 */
export class Descriptor {
  /** The number. */
  readonly fd: number;
  readonly #disk: Disk;
  /** When a part may be read synchronously. Infinite before the first part has been read. */
  #syncFrom = Infinity;
  readonly #slowness = new Slowness(SLOW_READS);
  #reads = 0;
  #onIdle: (() => void) | undefined;
  #closing: Promise<void> | undefined;

  /** @param disk what the file is on */
  constructor(fd: number, disk: Disk) {
    this.fd = fd;
    this.#disk = disk;
  }

  /** The version of the open file, or null if it is not a regular file. */
  version(): MaybePromise<FileVersion | null> {
    return andThen(this.#disk.fstat(this.fd), fileVersion);
  }

  /** Reads up to the length of a buffer from a position. */
  read(buffer: Buffer, position: number, callback: ReadCallback): void {
    if (this.#closing !== undefined) {
      callback(closedError(), 0);
      return;
    }
    this.#reads += 1;
    this.#disk.read(this.fd, buffer, position, (error, bytesRead) => {
      this.#endRead();
      callback(error, bytesRead);
    });
  }

  /** Reads `length` bytes from a position, or fewer if the file ends before. */
  async readBuffer(position: number, length: number): Promise<Buffer<ArrayBuffer>> {
    const bytes = Buffer.allocUnsafeSlow(length);
    const pieceSize = this.#disk.usesPool ? PIECE_SIZE : length;
    let filled = 0;
    while (filled < length) {
      const piece = bytes.subarray(filled, filled + pieceSize);
      const bytesRead = await this.#readPiece(piece, position + filled);
      if (bytesRead === 0) return bytes.subarray(0, filled);
      filled += bytesRead;
    }
    return bytes;
  }

  /**
   * Reads `length` bytes from a position, or fewer if the file ends before. This is synchronous if the last
   * parts were read quickly, which then takes a tenth of the time.
   */
  readRange(position: number, length: number): MaybePromise<Buffer> {
    if (this.#disk.usesPool) return this.readBuffer(position, length);
    const now = performance.now();
    if (now < this.#syncFrom || this.#closing !== undefined) {
      if (this.#syncFrom === Infinity) this.#syncFrom = now;
      return this.readBuffer(position, length);
    }
    const bytes = Buffer.allocUnsafeSlow(length); // can take longer than the read, which alone is measured
    const startedAt = performance.now();
    const filled = this.#fillSync(bytes, position);
    const endedAt = performance.now();
    if (this.#slowness.record(endedAt - startedAt)) this.#syncFrom = endedAt + POOL_MS;
    return filled;
  }

  /** Reads the first `length` bytes, or fewer if the file is shorter. */
  readContent(length: number): MaybePromise<Buffer> {
    return length > SYNC_READ_MAX || this.#disk.usesPool
      ? this.readBuffer(0, length)
      : this.#fillSync(Buffer.allocUnsafeSlow(length), 0);
  }

  /** Returns the part of the buffer that was read, which is all of it unless the file ends before. */
  #fillSync(bytes: Buffer, position: number): Buffer {
    let filled = 0;
    while (filled < bytes.length) {
      const bytesRead = this.#disk.readSync(this.fd, bytes, filled, position + filled);
      if (bytesRead === 0) return bytes.subarray(0, filled);
      filled += bytesRead;
    }
    return bytes;
  }

  #readPiece(buffer: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.read(buffer, position, (error, bytesRead) => {
        if (error === null) resolve(bytesRead);
        else reject(error);
      });
    });
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
    const closing = this.#disk.close(this.fd);
    if (isPromise(closing)) await closing;
  }

  #endRead(): void {
    this.#reads -= 1;
    if (this.#reads === 0) this.#onIdle?.();
  }
}

function closedError(): Error {
  return new Error('the file was closed before it was read');
}
