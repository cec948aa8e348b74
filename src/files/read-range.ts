import { pipeline, Readable, Transform } from 'node:stream';
import { format, types } from 'node:util';
import type { MaybePromise } from '../maybe-promise';
import { DiskFile } from './disk-file';
import type { OpenedFile } from './opened-file';

/** Up to so many bytes are read at once: a stream costs more than it spares. */
const AT_ONCE = 64 * 1024;

/**
 * The bytes from `start` to `end` (both included) of a file, just as many as that. Content-Length is known to the
 * client by then: a shorter body would leave it waiting, a longer one would run into the next answer.
 *
 * @throws TypeError if the file returns something else; a stream that has fewer or more bytes errors
 */
export function readRange(file: OpenedFile, start: number, end: number): MaybePromise<Uint8Array | Readable> {
  const length = end - start + 1;
  if (file instanceof DiskFile)
    return length <= AT_ONCE ? file.readAtOnce(start, end) : file.read(start, end);
  const bytes: unknown = file.read(start, end);
  if (types.isUint8Array(bytes) && bytes.length === length) return bytes;
  if (bytes instanceof Readable) return exactLength(bytes, length);
  throw new TypeError(
    format('expected read(%d, %d) to return %d bytes or a Readable, got %O', start, end, length, bytes),
  );
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
  pipeline(source, counter, () => undefined); // the counter passes the error on
  return counter;
}

function lengthError(expected: number, got: number): Error {
  return new Error(`expected a stream of ${expected} bytes, got ${got}`);
}
