import { Readable } from 'node:stream';
import type { OpenedFile } from './files/opened-file';
import { readRange } from './files/read-range';
import type { MaybePromise } from './maybe-promise';
import type { Answer } from './http/answer';
import type { Decision, FileContent } from './http/decide';

/** The body of an answer that was decided, read from the file as it is sent. */
export function bodyOf(file: OpenedFile, content: Decision['content']): MaybePromise<Answer['body']> {
  if (content === null || !('parts' in content)) return content;
  const [first, ...others] = content.parts;
  if (first === undefined || first.range.end < first.range.start) return null;
  const isBare = others.length === 0 && content.ending === '';
  return isBare
    ? readRange(file, first.range.start, first.range.end)
    : Readable.from(inTurn(file, content), { objectMode: false });
}

/** One part after the other, so that no more is in memory than one range's stream holds. */
async function* inTurn(file: OpenedFile, { parts, ending }: FileContent): AsyncGenerator<Uint8Array> {
  for (const { heading, range } of parts) {
    yield Buffer.from(heading);
    const bytes = await readRange(file, range.start, range.end);
    if (bytes instanceof Readable) yield* bytes as AsyncIterable<Uint8Array>;
    else yield bytes;
  }
  yield Buffer.from(ending);
}
