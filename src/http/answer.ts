import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';
import type { SharedFile } from '../shared-file';

/** Header fields, name and value in turn: the form that `ServerResponse.writeHead` writes fastest. */
export type HeaderFields = string[];

/** The header fields in pairs. */
export function* fieldPairs(headers: HeaderFields): Generator<[name: string, value: string]> {
  for (let at = 0; at < headers.length; at += 2) yield headers.slice(at, at + 2) as [string, string];
}

/** What a request gets: plain data that any front end can send its own way. */
export interface Answer {
  /** The status code. */
  readonly status: number;
  /** The header fields, name and value in turn; no name comes twice. Content-Length is among them. */
  readonly headers: HeaderFields;
  /** The content; null where there is none, as for HEAD, 304 and an empty file. */
  readonly body: Uint8Array | Readable | null;
  /** The file that the answer is about; none for a redirect. */
  readonly file?: SharedFile;
  /** To be called once when the body has been sent or is not going to be: it closes the file. */
  close?(): void | Promise<void>;
}

/** An answer of our own rather than a file's: its text tells the status and nothing of the machine. */
export function plainAnswer(status: number, ...more: HeaderFields): Answer & { readonly body: Uint8Array } {
  const body = Buffer.from(`${STATUS_CODES[status] ?? 'Error'}\n`);
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', ...more);
  return { status, headers, body };
}
