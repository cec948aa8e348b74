import { pipeline, Readable, Transform } from 'node:stream';
import { format, types } from 'node:util';
import type { OpenedFile } from '../../types';
import { andThen, type MaybePromise } from '../../util/maybe-promise';
import { FileStream } from './file-stream';

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
