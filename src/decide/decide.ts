import { byteRanges, contentRange, rangeLength, type ByteRange } from '../http/byte-ranges';
import { multipartByteRanges, type Part } from '../http/multipart';
import { plainResponse } from '../http/plain-response';
import { evaluatePreconditions, ifRange } from '../http/preconditions';
import type { HeaderFields, SharedRequest } from '../types';
import type { Representation, RepresentationMetadata } from './representation';

/** The response to a request for a representation. */
export interface Decision {
  readonly status: number;
  readonly headers: HeaderFields;
  /** What is sent: parts of the file, or a text without it. */
  readonly content: FileContent | Uint8Array | null;
}

/** Parts of a file, and a text that follows them. */
export interface FileContent {
  readonly parts: readonly Part[];
  readonly closingDelimiter: string;
}

/** Decides the response to a GET or HEAD request for a representation, in the order of RFC 9110 §13.2.2. */
export function decide(
  { method, headers, responseStatus }: SharedRequest,
  representation: Representation,
): Decision {
  const { metadata } = representation;
  // Preconditions and ranges apply to a response that would be 200 (RFC 9110 §13.2.1, §14.2).
  if (responseStatus !== undefined) return full(representation, method, responseStatus);
  if (metadata.isConditional) {
    const outcome = evaluatePreconditions(headers, metadata);
    if (outcome === 'failed') return refusal(412);
    if (outcome === 'not modified') return notModified(representation);
  }
  // Range is defined for GET only (RFC 9110 §14.2).
  const ranges = method === 'GET' ? requestedRanges(headers, metadata) : null;
  if (ranges === null) return full(representation, method);
  const [first, ...others] = ranges;
  if (first === undefined) return refusal(416, 'Content-Range', `bytes */${metadata.size}`);
  return others.length === 0 ? singlePart(representation, first) : multipart(representation, ranges);
}

/** Null if the whole representation is to be sent. */
function requestedRanges(
  { range, 'if-range': condition }: SharedRequest['headers'],
  metadata: RepresentationMetadata,
): readonly ByteRange[] | null {
  if (range === undefined || !metadata.acceptsRanges) return null;
  const { etag, lastModified, hasStrongDate } = metadata;
  const validators = { etag, lastModified: hasStrongDate ? lastModified : undefined };
  // Node types If-Range as a list, but never makes a list of it.
  const isCurrent =
    condition === undefined || (metadata.isConditional && ifRange(String(condition), validators));
  return isCurrent ? byteRanges(range, metadata.size) : null;
}

function full(representation: Representation, method: SharedRequest['method'], status = 200): Decision {
  const { size } = representation.metadata;
  const content = method === 'HEAD' ? null : fileContent({ start: 0, end: size - 1 });
  return { status, headers: representation.fullHeaders(), content };
}

function singlePart(representation: Representation, range: ByteRange): Decision {
  const { contentType, size } = representation.metadata;
  const headers = representation.partialHeaders(contentType, rangeLength(range));
  headers.push('Content-Range', contentRange(range, size));
  return { status: 206, headers, content: fileContent(range) };
}

function multipart(representation: Representation, ranges: readonly ByteRange[]): Decision {
  const { contentType, size } = representation.metadata;
  const content = multipartByteRanges(ranges, contentType, size);
  return {
    status: 206,
    headers: representation.partialHeaders(content.contentType, content.length),
    content,
  };
}

/** Last-Modified is for clients that have no ETag to compare (RFC 9110 §15.4.5). */
function notModified(representation: Representation): Decision {
  const { etag, lastModified } = representation.metadata;
  const headers = representation.notModifiedHeaders();
  if (etag === undefined && lastModified !== undefined) headers.push('Last-Modified', lastModified);
  return { status: 304, headers, content: null };
}

function refusal(status: 412 | 416, ...more: HeaderFields): Decision {
  const { headers, body } = plainResponse(status, ...more);
  return { status, headers, content: body };
}

function fileContent(range: ByteRange): FileContent {
  return { parts: [{ header: '', range }], closingDelimiter: '' };
}
