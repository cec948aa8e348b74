import fresh from 'fresh';
import type { IncomingHttpHeaders } from 'node:http';
import { httpDate, parseHttpDate } from './date';
import { listedTags, matchesStrongly } from './entity-tags';
import type { RepresentationFacts } from './representation';

/** What the preconditions of a request make of its answer. */
export type Outcome = 'holds' | 'not modified' | 'failed';

/** The preconditions in the order of RFC 9110 §13.2.2. If-Range is for who reads Range. */
export function evaluatePreconditions(
  request: IncomingHttpHeaders,
  representation: RepresentationFacts,
): Outcome {
  const match = request['if-match'];
  const unmodifiedSince = request['if-unmodified-since'];
  if (match !== undefined) {
    if (!ifMatch(match, representation.etag)) return 'failed';
  } else if (
    unmodifiedSince !== undefined &&
    !ifUnmodifiedSince(unmodifiedSince, representation.lastModified)
  ) {
    return 'failed';
  }
  return isFresh(request, representation) ? 'not modified' : 'holds';
}

/** If-Match (RFC 9110 §13.1.1): one of the tags is strongly the file's, or `*`, since there is a file. */
export function ifMatch(field: string, etag: string | undefined): boolean {
  return field.trim() === '*' || listedTags(field).some((tag) => matchesStrongly(tag, etag));
}

/** If-Unmodified-Since (RFC 9110 §13.1.4): not modified later than that; true for what is no date. */
export function ifUnmodifiedSince(field: string, lastModified: string): boolean {
  return !(parseHttpDate(lastModified) > parseHttpDate(field));
}

/**
 * Whether the client's copy is still good: If-None-Match, else If-Modified-Since (RFC 9110 §13.1.2, §13.1.3).
 * `fresh` decides; it also leaves a request with `Cache-Control: no-cache` its full answer.
 */
export function isFresh(request: IncomingHttpHeaders, representation: RepresentationFacts): boolean {
  const noneMatch = request['if-none-match'];
  const modifiedSince = request['if-modified-since'];
  if (noneMatch === undefined && modifiedSince === undefined) return false;
  return fresh(
    {
      'cache-control': request['cache-control'],
      'if-none-match': noneMatch,
      'if-modified-since': noneMatch === undefined ? imfFixdate(modifiedSince) : undefined,
    },
    { etag: representation.etag, 'last-modified': representation.lastModified },
  );
}

/** `fresh` reads dates with `Date.parse`, which is right for the IMF-fixdate form alone. */
function imfFixdate(date: string | undefined): string | undefined {
  const time = date === undefined ? NaN : parseHttpDate(date);
  return Number.isNaN(time) ? undefined : httpDate(time);
}

/** A Last-Modified date this much older than the answer can stand for no second version (RFC 9110 §8.8.2.2). */
const STRONG_AFTER = 1000;

/**
 * If-Range (RFC 9110 §13.1.5): whether ranges of this version fit what the client has of it. A weak tag never
 * does, nor does a date that is another or not yet a strong validator.
 */
export function ifRange(
  field: string,
  { conditional, etag, lastModified }: RepresentationFacts,
  now: number = Date.now(),
): boolean {
  if (!conditional) return false;
  if (field.includes('"')) return matchesStrongly(field.trim(), etag);
  const modified = parseHttpDate(lastModified);
  return parseHttpDate(field) === modified && now - modified >= STRONG_AFTER;
}
