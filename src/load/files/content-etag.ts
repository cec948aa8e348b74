import { webcrypto } from 'node:crypto';
import { readPieces, type FileHash } from './background-hashes';

/**
 * The ETag of a large file, made of its content only: the same bytes have the same ETag on every machine. It
 * is the SHA-256 of the SHA-256 hashes of its pieces, because only that can be computed by threads in Node.
 */
export const contentETag: FileHash = async (filename, version, disk) => {
  const hashes: Uint8Array[] = [];
  const isVersion = await readPieces(filename, version, disk, async (piece) => {
    hashes.push(await sha256(piece));
  });
  if (!isVersion) return null;
  const hash = await sha256(Buffer.concat(hashes));
  return `"${version.size.toString(16)}-${Buffer.from(hash).toString('base64url')}"`;
};

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes));
}
