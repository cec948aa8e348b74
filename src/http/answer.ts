import type { Readable } from 'node:stream';

/** Header fields, name and value in turn: the form that `ServerResponse.writeHead` writes fastest. */
export type HeaderFields = string[];

/** What a request gets: plain data that any front end can send its own way. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: Uint8Array | Readable | null;
}
