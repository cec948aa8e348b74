import { STATUS_CODES } from 'node:http';
import type { Answer, HeaderFields } from '../types';

/** A response without a file. Its text is the name of the status, which reveals nothing about the machine. */
export function plainResponse(status: number, ...more: HeaderFields): Answer & { readonly body: Uint8Array } {
  const body = Buffer.from(`${STATUS_CODES[status] ?? 'Error'}\n`);
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  headers.push('Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', ...more);
  return { status, headers, body };
}
