import type { CachePolicy } from './caching';

/** What is known of a file, in the content coding that is sent, when its answer is decided (RFC 9110 §3.2). */
export interface Representation {
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
