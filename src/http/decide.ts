import type { SharedRequest } from '../loaders/loader';
import { plainAnswer, type HeaderFields } from './answer';
import { byteRanges, contentRange, type ByteRange } from './byte-ranges';
import { multipartByteRanges, type Part } from './multipart';
import { evaluatePreconditions, ifRange } from './preconditions';
import type { Representation, RepresentationFacts } from './representation';

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
  const { facts } = representation;
  if (facts.conditional) {
    const outcome = evaluatePreconditions(request.headers, facts);
    if (outcome === 'failed') return refused(412);
    if (outcome === 'not modified') return notModified(representation);
  }
  const ranges = requestedRanges(request, facts);
  if (ranges === null) return whole(representation, request.method);
  const [first, ...others] = ranges;
  if (first === undefined) return refused(416, 'Content-Range', `bytes */${facts.size}`);
  return others.length === 0 ? onePart(representation, first) : severalParts(representation, ranges);
}

/** Null where the whole is to be sent. Range is for GET alone (RFC 9110 §14.2). */
function requestedRanges(
  { method, headers }: SharedRequest,
  facts: RepresentationFacts,
): readonly ByteRange[] | null {
  const { range, 'if-range': condition } = headers;
  if (range === undefined || method !== 'GET' || !facts.acceptsRanges) return null;
  // Node types If-Range as a list, but never makes one of it.
  if (condition !== undefined && !ifRange(String(condition), facts)) return null;
  return byteRanges(range, facts.size);
}

function whole(representation: Representation, method: string | undefined): Decision {
  const { size } = representation.facts;
  const content = method === 'HEAD' ? null : fileContent({ start: 0, end: size - 1 });
  return { status: 200, headers: representation.whole(), content };
}

function onePart(representation: Representation, range: ByteRange): Decision {
  const { contentType, size } = representation.facts;
  const headers = representation.part(contentType, range.end - range.start + 1);
  headers.push('Content-Range', contentRange(range, size));
  return { status: 206, headers, content: fileContent(range) };
}

function severalParts(representation: Representation, ranges: readonly ByteRange[]): Decision {
  const { contentType, size } = representation.facts;
  const multipart = multipartByteRanges(ranges, contentType, size);
  return {
    status: 206,
    headers: representation.part(multipart.contentType, multipart.length),
    content: multipart,
  };
}

/** The date is for clients that have no tag to go by (RFC 9110 §15.4.5). */
function notModified(representation: Representation): Decision {
  const { etag, lastModified } = representation.facts;
  const headers = representation.metadata();
  if (etag === undefined) headers.push('Last-Modified', lastModified);
  return { status: 304, headers, content: null };
}

function refused(status: 412 | 416, ...more: HeaderFields): Decision {
  const { headers, body } = plainAnswer(status, ...more);
  return { status, headers, content: body };
}

function fileContent(range: ByteRange): FileContent {
  return { parts: [{ heading: '', range }], ending: '' };
}
