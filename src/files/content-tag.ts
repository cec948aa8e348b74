import { closeSync } from 'node:fs';
import { webcrypto } from 'node:crypto';
import { isSameVersion, lookAtOpen, type FileFacts } from './file-facts';
import { openToRead } from './open-to-read';
import { readFully } from './read-fully';

/** Each piece is copied once on the event loop, which takes some hundredths of a millisecond; all else is done by threads. */
const PIECE = 256 * 1024;

/**
 * An entity tag that is made of the content of a large file alone: the same bytes have it on every machine. It is the
 * SHA-256 of the SHA-256 of its pieces, since Node has no other hash that threads compute. Null where the file is
 * no longer the version that was asked about.
 */
export async function contentTagOf(filename: string, version: FileFacts): Promise<string | null> {
  const descriptor = openToRead(filename);
  const isStill = (): boolean => {
    const facts = lookAtOpen(descriptor);
    return facts !== null && isSameVersion(facts, version);
  };
  try {
    if (!isStill()) return null;
    const size = Number(version.size);
    const hashes: Uint8Array[] = [];
    for (let at = 0; at < size; at += PIECE) {
      hashes.push(await sha256(await readFully(descriptor, at, Math.min(PIECE, size - at))));
    }
    const hash = await sha256(Buffer.concat(hashes));
    return isStill() ? `"${size.toString(16)}-${Buffer.from(hash).toString('base64url')}"` : null;
  } finally {
    closeSync(descriptor);
  }
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes));
}
