import type { HeaderFields } from './answer';
import { expires, type CachePolicy } from './caching';

/** What is known of a file, in the content coding that is sent (RFC 9110 §3.2). */
export interface RepresentationFacts {
  readonly contentType: string;
  /** The content coding that the bytes are in; undefined for none. */
  readonly coding: string | undefined;
  /** Whether another request might have got another coding. */
  readonly varies: boolean;
  /** Length in bytes. */
  readonly size: number;
  /** As it is sent, quoted. */
  readonly etag: string | undefined;
  /** An HTTP-date. */
  readonly lastModified: string;
  readonly caching: CachePolicy;
  /** Whether preconditions count. */
  readonly conditional: boolean;
  /** Whether parts of it may be asked for. */
  readonly acceptsRanges: boolean;
}

/** A version of a file as it is sent, with the header fields that all its answers have, written once. */
export class Representation {
  readonly facts: RepresentationFacts;
  readonly #metadata: HeaderFields;
  readonly #whole: HeaderFields;

  constructor(facts: RepresentationFacts) {
    this.facts = facts;
    this.#metadata = metadataOf(facts);
    this.#whole = [...this.#metadata, ...descriptionOf(facts, facts.contentType, facts.size)];
  }

  /** The fields that a 304 repeats of a 200 (RFC 9110 §15.4.5). */
  metadata(): HeaderFields {
    return this.#withExpires(this.#metadata);
  }

  /** The fields of a 200. */
  whole(): HeaderFields {
    return this.#withExpires(this.#whole);
  }

  /** The fields of a 206 whose content has this type and length. */
  part(contentType: string, length: number): HeaderFields {
    return [...this.metadata(), ...descriptionOf(this.facts, contentType, length)];
  }

  /** The fields that a proxy keeps of an answer whose content it sends itself, with a length and validators of its own. */
  handedOff(): HeaderFields {
    return [...this.metadata(), 'Content-Type', this.facts.contentType, 'Content-Length', '0'];
  }

  /** Expires is the first field, and the one that depends on the time of the answer. */
  #withExpires(fields: HeaderFields): HeaderFields {
    const { maxAge } = this.facts.caching;
    const now = fields.slice();
    if (maxAge !== null) now[1] = expires(maxAge);
    return now;
  }
}

function metadataOf({ etag, caching, varies }: RepresentationFacts): HeaderFields {
  const fields: HeaderFields = caching.maxAge === null ? [] : ['Expires', ''];
  fields.push('Cache-Control', caching.cacheControl);
  if (etag !== undefined) fields.push('ETag', etag);
  if (varies) fields.push('Vary', 'Accept-Encoding');
  return fields;
}

function descriptionOf(facts: RepresentationFacts, contentType: string, length: number): HeaderFields {
  const fields: HeaderFields = ['Content-Type', contentType, 'Content-Length', String(length)];
  if (facts.coding !== undefined) fields.push('Content-Encoding', facts.coding);
  fields.push('Last-Modified', facts.lastModified);
  if (facts.acceptsRanges) fields.push('Accept-Ranges', 'bytes');
  return fields;
}
