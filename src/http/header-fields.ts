import type { Answer, HeaderFields } from '../types';

/** The fields that were set on a response before, by a middleware in front. A `ServerResponse` has them. */
export interface FieldsInFront {
  /** The names, in lower case. */
  getHeaderNames(): readonly string[];
  getHeader(name: string): number | string | string[] | undefined;
  appendHeader(name: string, value: string): unknown;
  removeHeader(name: string): unknown;
}

/**
 * Fields that describe the content. Ones that were set before describe another content and are removed, except
 * that the first three may also be a decision about the content that follows.
 */
const REPRESENTATION_HEADERS = new Set([
  'content-type',
  'content-language',
  'content-location',
  'accept-ranges',
  'content-encoding',
  'content-length',
  'content-range',
  'etag',
  'last-modified',
  'content-digest',
  'repr-digest',
  'transfer-encoding',
]);

/** The fields of a file that may be set in front: their values do not depend on its bytes. */
const KEPT_WITH_FILE: ReadonlySet<string> = new Set(['content-type', 'content-language', 'content-location']);

/** A 304 repeats no field that describes the content, except this one (RFC 9110 §15.4.5). */
const KEPT_WITH_NOT_MODIFIED: ReadonlySet<string> = new Set(['content-location']);

const NONE: ReadonlySet<string> = new Set();

/** What Node accepts as a field value: no control characters, which could end the field (RFC 9110 §5.5). */
export const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** The header fields in pairs. */
export function* fieldPairs(headers: HeaderFields): Generator<[name: string, value: string]> {
  for (let at = 0; at < headers.length; at += 2) yield headers.slice(at, at + 2) as [string, string];
}

/**
 * The fields of an answer that are to be set on a response, in addition to those in front or in place of them.
 * Fields in front take precedence, except those that describe another content: these are removed from `front`.
 * With an error, ours take precedence: a lifetime was meant for the content, and must not make caches keep the
 * error. `Vary` names what both sides depend on, and the cookies of both are set: ours are added to `front`, because a
 * list of fields would replace those that are there.
 */
export function mergeHeaders(
  headers: HeaderFields,
  answer: Pick<Answer, 'status' | 'file'>,
  front: FieldsInFront,
): HeaderFields {
  const inFront = removeStale(front, keptFields(answer));
  const merged: HeaderFields = [];
  for (const [name, value] of fieldPairs(headers)) {
    const lowerCase = name.toLowerCase(); // names that `setHeaders` has returned are in lower case already
    if (lowerCase === 'set-cookie') front.appendHeader(name, value);
    else if (!inFront.has(lowerCase)) {
      if (isError(answer) || !isContradicted(lowerCase, inFront)) merged.push(name, value);
    } else if (lowerCase === 'vary') merged.push(name, mergeVary(front.getHeader(name), value));
    else if (isError(answer) || isMultipart(lowerCase, value)) merged.push(name, value);
  }
  return merged;
}

/** An answer without a file. One with a file may be an error page, whose status was set in front. */
function isError({ status, file }: Pick<Answer, 'status' | 'file'>): boolean {
  return status >= 400 && file === undefined;
}

/**
 * The text of an error or of a redirect is not what the fields in front are about. A file with a status that was
 * set in front is: it may be an error page.
 */
function keptFields({ status, file }: Pick<Answer, 'status' | 'file'>): ReadonlySet<string> {
  if (status === 304) return KEPT_WITH_NOT_MODIFIED;
  return status >= 300 && file === undefined ? NONE : KEPT_WITH_FILE;
}

/** Removes the fields that describe another content, and returns the names of the others, in lower case. */
function removeStale(front: FieldsInFront, kept: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set(front.getHeaderNames());
  for (const name of names) {
    if (!REPRESENTATION_HEADERS.has(name) || kept.has(name)) continue;
    front.removeHeader(name);
    names.delete(name);
  }
  return names;
}

/**
 * Our Expires must not contradict a Cache-Control that was set in front, and our max-age would override an Expires
 * that was set alone (RFC 9111 §5.3).
 */
function isContradicted(name: string, inFront: ReadonlySet<string>): boolean {
  return (
    (name === 'expires' && inFront.has('cache-control')) ||
    (name === 'cache-control' && inFront.has('expires'))
  );
}

/** Without this type and its boundary, the parts of several ranges cannot be read. */
function isMultipart(name: string, value: string): boolean {
  return name === 'content-type' && value.startsWith('multipart/byteranges');
}

/** A Vary that was set in front names other fields that the response depends on (RFC 9110 §12.5.5). */
export function mergeVary(before: number | string | string[] | undefined, ours: string): string {
  const names = listOf(String(before ?? ''));
  const known = new Set(names.map((name) => name.toLowerCase()));
  if (known.has('*')) return names.join(', ');
  return [...names, ...listOf(ours).filter((name) => !known.has(name.toLowerCase()))].join(', ');
}

function listOf(value: string): string[] {
  return value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}
