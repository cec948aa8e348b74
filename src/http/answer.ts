import { STATUS_CODES } from 'node:http';
import type { Readable } from 'node:stream';

/** Header fields, name and value in turn: the form that `ServerResponse.writeHead` writes fastest. */
export type HeaderFields = string[];

/** What a request gets: plain data that any front end can send its own way. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: Uint8Array | Readable | null;
}

/** An answer of our own rather than a file's: its text tells the status and nothing of the machine. */
export function plainAnswer(status: number, ...more: HeaderFields): Answer & { readonly body: Uint8Array } {
  const body = Buffer.from(`${STATUS_CODES[status] ?? 'Error'}\n`);
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', ...more);
  return { status, headers, body };
}
