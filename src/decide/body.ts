import { Readable } from 'node:stream';
import type { Part } from '../http/multipart';
import { readRange } from '../load/files/read';
import type { Answer, OpenedFile } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import type { Decision } from './decide';

/**
 * The body of a response. The first bytes are requested here, so that an error can still change the status.
 */
export function createBody(file: OpenedFile, content: Decision['content']): MaybePromise<Answer['body']> {
  if (content === null || !('parts' in content)) return content;
  const { parts, closingDelimiter } = content;
  const [first] = parts;
  if (first === undefined || first.range.end < first.range.start) return null;
  return andThen(readRange(file, first.range.start, first.range.end), (bytes) => {
    if (closingDelimiter === '') return bytes;
    const body = Readable.from(concatParts(file, parts, bytes, closingDelimiter), { objectMode: false });
    // If the client disconnects before the first part is sent, nothing else destroys its stream.
    if (bytes instanceof Readable) body.once('close', () => bytes.destroy());
    return body;
  });
}

/** The parts one after the other, so that only the stream of one range is in memory. */
async function* concatParts(
  file: OpenedFile,
  parts: readonly Part[],
  firstBytes: Uint8Array | Readable,
  closingDelimiter: string,
): AsyncGenerator<Uint8Array> {
  for (const [index, { header, range }] of parts.entries()) {
    yield Buffer.from(header);
    const bytes = index === 0 ? firstBytes : await readRange(file, range.start, range.end);
    if (bytes instanceof Readable) yield* bytes as AsyncIterable<Uint8Array>;
    else yield bytes;
  }
  yield Buffer.from(closingDelimiter);
}
