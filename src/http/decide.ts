import type { SharedRequest } from '../loaders/loader';
import { plainAnswer, type HeaderFields } from './answer';
import { byteRanges, contentRange, type ByteRange } from './byte-ranges';
import { expires } from './caching';
import { multipartByteRanges, type Part } from './multipart';
import { evaluatePreconditions, ifRange } from './preconditions';
import type { Representation } from './representation';

/** How a request for a representation is answered. */
export interface Decision {
  readonly status: number;
  readonly headers: HeaderFields;
  /** What is sent: the file part by part, or a text of our own. */
  readonly content: FileContent | Uint8Array | null;
}

/** Parts of a file, and a text behind them. */
export interface FileContent {
  readonly parts: readonly Part[];
  readonly ending: string;
}

/** Decides how a GET or HEAD for a representation is answered. The order is that of RFC 9110 §13.2.2. */
export function decide(request: SharedRequest, representation: Representation): Decision {
  if (representation.conditional) {
    const outcome = evaluatePreconditions(request.headers, representation);
    if (outcome === 'failed') return refused(412);
    if (outcome === 'not modified') return notModified(representation);
  }
  const ranges = requestedRanges(request, representation);
  if (ranges === null) return whole(representation, request.method);
  const [first, ...others] = ranges;
  if (first === undefined) return refused(416, 'Content-Range', `bytes */${representation.size}`);
  return others.length === 0 ? onePart(representation, first) : severalParts(representation, ranges);
}

/** Null where the whole is to be sent. Range is for GET alone (RFC 9110 §14.2). */
function requestedRanges(
  { method, headers }: SharedRequest,
  representation: Representation,
): readonly ByteRange[] | null {
  const { range, 'if-range': condition } = headers;
  if (range === undefined || method !== 'GET' || !representation.acceptsRanges) return null;
  // Node types If-Range as a list, but never makes one of it.
  if (condition !== undefined && !ifRange(String(condition), representation)) return null;
  return byteRanges(range, representation.size);
}

function whole(representation: Representation, method: string | undefined): Decision {
  const { contentType, size } = representation;
  const headers = [...metadata(representation), ...description(representation, contentType, size)];
  return {
    status: 200,
    headers,
    content: method === 'HEAD' ? null : fileContent({ start: 0, end: size - 1 }),
  };
}

function onePart(representation: Representation, range: ByteRange): Decision {
  const { contentType, size } = representation;
  const length = range.end - range.start + 1;
  const headers = [...metadata(representation), ...description(representation, contentType, length)];
  headers.push('Content-Range', contentRange(range, size));
  return { status: 206, headers, content: fileContent(range) };
}

function severalParts(representation: Representation, ranges: readonly ByteRange[]): Decision {
  const multipart = multipartByteRanges(ranges, representation.contentType, representation.size);
  const headers = [
    ...metadata(representation),
    ...description(representation, multipart.contentType, multipart.length),
  ];
  return { status: 206, headers, content: multipart };
}

/** A 304 repeats of a 200 what updates a stored answer (RFC 9110 §15.4.5); the date only where there is no tag. */
function notModified(representation: Representation): Decision {
  const headers = metadata(representation);
  if (representation.etag === undefined) headers.push('Last-Modified', representation.lastModified);
  return { status: 304, headers, content: null };
}

function refused(status: 412 | 416, ...more: HeaderFields): Decision {
  const { headers, body } = plainAnswer(status, ...more);
  return { status, headers, content: body };
}

function metadata({ etag, caching, varies }: Representation): HeaderFields {
  const headers: HeaderFields = [];
  if (etag !== undefined) headers.push('ETag', etag);
  headers.push('Cache-Control', caching.cacheControl);
  if (caching.maxAge !== null) headers.push('Expires', expires(caching.maxAge));
  if (varies) headers.push('Vary', 'Accept-Encoding');
  return headers;
}

function description(representation: Representation, contentType: string, length: number): HeaderFields {
  const headers: HeaderFields = ['Content-Type', contentType, 'Content-Length', String(length)];
  if (representation.coding !== undefined) headers.push('Content-Encoding', representation.coding);
  headers.push('Last-Modified', representation.lastModified);
  if (representation.acceptsRanges) headers.push('Accept-Ranges', 'bytes');
  return headers;
}

function fileContent(range: ByteRange): FileContent {
  return { parts: [{ heading: '', range }], ending: '' };
}
