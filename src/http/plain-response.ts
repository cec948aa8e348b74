import { STATUS_CODES } from 'node:http';
import type { Answer, HeaderFields } from '../types';

/** A response without a file. Its text is the name of the status, which reveals nothing about the machine. */
export function plainResponse(status: number, ...more: HeaderFields): Answer & { readonly body: Uint8Array } {
  return textResponse(status, `${STATUS_CODES[status] ?? 'Error'}\n`, ...more);
}

/** A response without a file, with a text that no client interprets as HTML and no cache keeps. */
export function textResponse(
  status: number,
  text: string,
  ...more: HeaderFields
): Answer & { readonly body: Uint8Array } {
  const body = Buffer.from(text);
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', ...more);
  return { status, headers, body };
}
