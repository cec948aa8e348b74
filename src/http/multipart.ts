import { randomBytes } from 'node:crypto';
import { contentRange, rangeLength, type ByteRange } from './byte-ranges';

/** One part of a multipart body: its header, then bytes of the file. */
export interface Part {
  readonly header: string;
  readonly range: ByteRange;
}

/** Several ranges as one body (RFC 9110 §14.6). */
export interface Multipart {
  readonly contentType: string;
  /** Length of the whole body in bytes. */
  readonly length: number;
  readonly parts: readonly Part[];
  /** What follows the last part. */
  readonly closingDelimiter: string;
}

/**
 * The ranges of a representation of `size` bytes as `multipart/byteranges`. The boundary has 192 random bits,
 * so no content contains it by chance.
 */
export function multipartByteRanges(
  ranges: readonly ByteRange[],
  contentType: string | undefined,
  size: number,
): Multipart {
  const boundary = randomBytes(24).toString('hex');
  const typeField = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`;
  const parts = ranges.map((range, index) => ({
    header:
      `${index === 0 ? '' : '\r\n'}--${boundary}\r\n` +
      `${typeField}Content-Range: ${contentRange(range, size)}\r\n\r\n`,
    range,
  }));
  const closingDelimiter = `\r\n--${boundary}--\r\n`;
  const length = parts.reduce(
    (sum, { header, range }) => sum + header.length + rangeLength(range),
    closingDelimiter.length,
  );
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length, parts, closingDelimiter };
}
