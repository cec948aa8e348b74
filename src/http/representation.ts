import type { CachePolicy } from './caching';

/** What is known of a file when its answer is decided (RFC 9110 §3.2). */
export interface Representation {
  readonly contentType: string;
  /** Length in bytes. */
  readonly size: number;
  /** As it is sent, quoted; undefined where answers must not be conditional. */
  readonly etag: string | undefined;
  /** An HTTP-date. */
  readonly lastModified: string;
  readonly caching: CachePolicy;
}
