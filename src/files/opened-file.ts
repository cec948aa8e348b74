import type { Readable } from 'node:stream';

/**
 * One version of a file, open for reading: what Werkzeug's openers return as `(stream, mtime, size)`, with
 * reads that say which bytes they want.
 */
export interface OpenedFile {
  /** When the content last changed; sent as Last-Modified. */
  readonly mtime: Date;
  /** Length in bytes. */
  readonly size: number;
  /** A validator that the store already has, quoted or not, `W/"…"` for a weak one; null for an answer without one. */
  readonly etag?: string | null | undefined;
  /** The whole content, where it is in memory anyway: the ETag is then made of it. */
  readonly content?: Uint8Array | undefined;
  /** The bytes from `start` to `end`, counted from 0, both included. */
  read(start: number, end: number): Uint8Array | Readable;
  /** Called once when the answer has been sent or the client has gone. */
  close?(): void | Promise<void>;
}
