import { randomBytes } from 'node:crypto';
import type { ByteRange } from './byte-ranges';
import { contentRange } from './byte-ranges';

/** A piece of a body: a text, then bytes of the file. */
export interface Part {
  readonly heading: string;
  readonly range: ByteRange;
}

/** Several ranges as one body (RFC 9110 §14.6). */
export interface Multipart {
  readonly contentType: string;
  /** Length of the whole body in bytes. */
  readonly length: number;
  readonly parts: readonly Part[];
  readonly ending: string;
}

/** The ranges of a representation as `multipart/byteranges`. The boundary is 192 random bits: no content has it by chance. */
export function multipartByteRanges(
  ranges: readonly ByteRange[],
  contentType: string,
  size: number,
): Multipart {
  const boundary = randomBytes(24).toString('hex');
  const parts = ranges.map((range, at) => ({
    heading:
      `${at === 0 ? '' : '\r\n'}--${boundary}\r\n` +
      `Content-Type: ${contentType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`,
    range,
  }));
  const ending = `\r\n--${boundary}--\r\n`;
  const length = parts.reduce(
    (sum, { heading, range }) => sum + heading.length + lengthOf(range),
    ending.length,
  );
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, parts, ending };
}

function lengthOf({ start, end }: ByteRange): number {
  return end - start + 1;
}
