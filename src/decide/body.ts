import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Part } from '../http/multipart';
import { readRange } from '../load/files/read';
import type { Answer, OpenedFile } from '../types';
import { andThen, type MaybePromise } from '../util/maybe-promise';
import type { Decision } from './decide';

/** Parts of a file that are read together: all bytes from `start` to `end`, both included. */
interface Group {
  readonly parts: Part[];
  start: number;
  end: number;
}

/** The most bytes that are read for several parts. Up to there, what lies between them costs less than a read. */
const MAX_GROUP_BYTES = 64 * 1024;

/**
 * The body of a response. The first bytes are requested here, so that an error can still change the status.
 */
export function createBody(file: OpenedFile, content: Decision['content']): MaybePromise<Answer['body']> {
  if (content === null || !('parts' in content)) return content;
  const { parts, closingDelimiter } = content;
  if (closingDelimiter === '') return parts[0] === undefined ? null : wholePart(file, parts[0]);
  const groups = groupParts(parts);
  const [first] = groups;
  if (first === undefined) return null;
  return andThen(readRange(file, first.start, first.end), (bytes) => {
    const body = Readable.from(concatGroups(file, groups, bytes, closingDelimiter), { objectMode: false });
    // If the client disconnects before the first part is sent, nothing else destroys its stream.
    if (bytes instanceof Readable) body.once('close', () => bytes.destroy());
    return body;
  });
}

function wholePart(file: OpenedFile, { range }: Part): MaybePromise<Answer['body']> {
  return range.end < range.start ? null : readRange(file, range.start, range.end);
}

/** The parts in their order, each together with those that follow it as long as all are near. */
function groupParts(parts: readonly Part[]): Group[] {
  const groups: Group[] = [];
  for (const part of parts) {
    const group = groups.at(-1);
    const start = Math.min(group?.start ?? Infinity, part.range.start);
    const end = Math.max(group?.end ?? 0, part.range.end);
    if (group === undefined || end - start >= MAX_GROUP_BYTES) groups.push({ parts: [part], ...part.range });
    else {
      group.parts.push(part);
      group.start = start;
      group.end = end;
    }
  }
  return groups;
}

/** The groups one after the other, so that only the stream of one range is in memory. */
async function* concatGroups(
  file: OpenedFile,
  groups: readonly Group[],
  firstBytes: Uint8Array | Readable,
  closingDelimiter: string,
): AsyncGenerator<Uint8Array> {
  for (const [index, group] of groups.entries()) {
    const bytes = index === 0 ? firstBytes : await readRange(file, group.start, group.end);
    if (group.end - group.start < MAX_GROUP_BYTES) yield await partsOf(group, bytes);
    else {
      yield headerBytes(group.parts.map(({ header }) => header).join(''));
      if (bytes instanceof Readable) yield* bytes as AsyncIterable<Uint8Array>;
      else yield bytes;
    }
  }
  yield Buffer.from(closingDelimiter);
}

/** The headers and bytes of the parts of a small group, in one chunk. */
async function partsOf({ parts, start }: Group, bytes: Uint8Array | Readable): Promise<Uint8Array> {
  const content = bytes instanceof Readable ? await buffer(bytes) : bytes;
  return Buffer.concat(
    parts.flatMap(({ header, range }) => [
      headerBytes(header),
      content.subarray(range.start - start, range.end + 1 - start),
    ]),
  );
}

/** One byte per character, as in the header section. Content-Length counts on it. */
function headerBytes(header: string): Buffer {
  return Buffer.from(header, 'latin1');
}
