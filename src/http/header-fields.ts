import type { OutgoingMessage } from 'node:http';
import type { HeaderFields } from '../types';

/** Fields that describe the content. Ones that were set before, for another content, must be removed. */
const REPRESENTATION_HEADERS = new Set([
  'accept-ranges',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'last-modified',
  'transfer-encoding',
]);

/** The header fields in pairs. */
export function* fieldPairs(headers: HeaderFields): Generator<[name: string, value: string]> {
  for (let at = 0; at < headers.length; at += 2) yield headers.slice(at, at + 2) as [string, string];
}

/** Removes the fields that describe a content from a response, for another content or an error. */
export function removeRepresentationHeaders(
  res: Pick<OutgoingMessage, 'getHeaderNames' | 'removeHeader'>,
): void {
  for (const name of res.getHeaderNames()) if (REPRESENTATION_HEADERS.has(name)) res.removeHeader(name);
}

/**
 * The fields to add to those that were set on a response before. Those take precedence, except fields that
 * describe the content: they are removed from the response.
 */
export function mergeHeaders(
  headers: HeaderFields,
  res: Pick<OutgoingMessage, 'getHeader' | 'getHeaderNames' | 'hasHeader' | 'removeHeader'>,
): HeaderFields {
  removeRepresentationHeaders(res);
  const merged: HeaderFields = [];
  for (const [name, value] of fieldPairs(headers)) {
    // Our Expires must not contradict a Cache-Control that was set before (RFC 9111 §5.3).
    const isSet = res.hasHeader(name) || (name === 'Expires' && res.hasHeader('Cache-Control'));
    if (name === 'Vary') merged.push(name, mergeVary(res.getHeader(name), value));
    else if (!isSet) merged.push(name, value);
  }
  return merged;
}

/** A Vary that was set before names other fields that the response depends on (RFC 9110 §12.5.5). */
export function mergeVary(before: number | string | string[] | undefined, name: string): string {
  const names = String(before ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  const has = names.some((one) => one === '*' || one.toLowerCase() === name.toLowerCase());
  return (has ? names : [...names, name]).join(', ');
}
