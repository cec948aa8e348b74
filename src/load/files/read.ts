import { constants, openSync, read, readSync } from 'node:fs';
import { pipeline, Readable, Transform } from 'node:stream';
import { format, promisify, types } from 'node:util';
import type { OpenedFile } from '../../types';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { FileStream } from './file-stream';

/**
 * The flags for reading a file. With `O_NONBLOCK`, opening a FIFO that has replaced the file does not wait
 * for a writer. Windows has neither FIFOs in directories nor the flag.
 */
export const READ_FLAGS = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** Opens a file for reading and returns its descriptor. */
export function openForReading(filename: string): number {
  return openSync(filename, READ_FLAGS);
}

const readAsync = promisify(read);

/** Reads `length` bytes from a position, or fewer if the file ends before. */
export async function readBuffer(
  descriptor: number,
  position: number,
  length: number,
): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await readAsync(descriptor, bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

/** Reads the first `length` bytes synchronously, or fewer if the file is shorter. */
export function readBufferSync(descriptor: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(descriptor, bytes, filled, length - filled, filled);
    if (bytesRead === 0) return bytes.subarray(0, filled);
    filled += bytesRead;
  }
  return bytes;
}

/**
 * Reads the bytes from `start` to `end` (both included) of an opened file, and checks that there are exactly
 * that many. The client already knows Content-Length: with fewer bytes it would wait, and more would become
 * part of the next response.
 *
 * @throws TypeError if the file returns something else. A stream with fewer or more bytes emits an error.
 */
export function readRange(file: OpenedFile, start: number, end: number): MaybePromise<Uint8Array | Readable> {
  const length = end - start + 1;
  return andThen(file.read(start, end), (bytes: unknown) => {
    if (types.isUint8Array(bytes) && bytes.length === length) return bytes;
    // It checks its length itself.
    if (bytes instanceof FileStream) return bytes;
    if (bytes instanceof Readable) return exactLength(bytes, length);
    throw new TypeError(
      format('expected read(%d, %d) to return %d bytes or a Readable, got %O', start, end, length, bytes),
    );
  });
}

function exactLength(source: Readable, length: number): Readable {
  let passed = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      passed += chunk.length;
      done(passed > length ? lengthError(length, passed) : null, chunk);
    },
    flush(done) {
      done(passed < length ? lengthError(length, passed) : null);
    },
  });
  pipeline(source, counter, () => undefined); // the counter emits the error
  return counter;
}

function lengthError(expected: number, got: number): Error {
  return new Error(`expected a stream of ${expected} bytes, got ${got}`);
}
