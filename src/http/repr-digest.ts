import { createHash } from 'node:crypto';

/** The value of Repr-Digest for a representation (RFC 9530 §3). */
export function reprDigest(content: Uint8Array): string {
  return sha256Field(createHash('sha256').update(content).digest());
}

/** The value of Repr-Digest for the SHA-256 of a representation: a dictionary of byte sequences (RFC 9651 §3.3.5). */
export function sha256Field(hash: Buffer): string {
  return `sha-256=:${hash.toString('base64')}:`;
}
