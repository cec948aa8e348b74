import { andThen, type MaybePromise } from '../../util/maybe-promise';
import type { Disk, ReadCallback } from '../disk/disk';
import { fileVersion, type FileVersion } from './file-version';

/**
 * Files up to this many bytes are read synchronously from a quick disk: the thread pool would take ten times as
 * long. This happens once per version, right after the look-up of the file.
 */
const SYNC_READ_MAX = 64 * 1024;

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

  /** Reads the first `length` bytes, or fewer if the file is shorter. */
  readContent(length: number): MaybePromise<Buffer> {
    return length > SYNC_READ_MAX || this.#disk.usesPool
      ? this.readBuffer(0, length)
      : this.#readContentSync(length);
  }

  #readContentSync(length: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const bytesRead = this.#disk.readSync(this.fd, bytes.subarray(filled), filled);
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
    await this.#disk.close(this.fd);
  }

  #endRead(): void {
    this.#reads -= 1;
    if (this.#reads === 0) this.#onIdle?.();
  }
}

function closedError(): Error {
  return new Error('the file was closed before it was read');
}
