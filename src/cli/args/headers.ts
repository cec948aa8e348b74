import { validateHeaderName, validateHeaderValue } from 'node:http';
import { unexpected, type Given } from './values';

/** A header field: its name, and a value for each line that it has in the response. */
export type HeaderField = readonly [name: string, values: readonly string[]];

/**
 * Fields that the server sets itself, in lower case. They describe the bytes that are sent (RFC 9110 §8, §14), frame
 * the message (RFC 9112 §6), are about the connection (RFC 9110 §7.6.1), or redirect: a wrong value would break the
 * response, or those that follow it on the connection.
 */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'accept-ranges',
  'connection',
  'content-encoding',
  'content-length',
  'content-range',
  'etag',
  'keep-alive',
  'last-modified',
  'location',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads header fields that are written as `Name: value`. A name that occurs several times has several values.
 *
 * @throws CommandError for another form, and for a field that the server itself must set
 */
export function readHeaders({ value, label }: Given<readonly string[]>): readonly HeaderField[] {
  const fields = new Map<string, HeaderField>();
  for (const text of value) {
    const colon = text.indexOf(':');
    const [name, fieldValue] = [text.slice(0, colon), text.slice(colon + 1).trim()];
    if (colon === -1 || !isHeaderField(name, fieldValue))
      throw unexpected(label, "a field such as 'X-Frame-Options: DENY'", text);
    const key = name.toLowerCase();
    if (OWN_FIELDS.has(key)) throw unexpected(label, 'a field that the server does not set itself', text);
    fields.set(key, [name, [...(fields.get(key)?.[1] ?? []), fieldValue]]);
  }
  return [...fields.values()];
}

function isHeaderField(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return value !== '';
  } catch {
    return false;
  }
}
