import { createHash } from 'node:crypto';
import { sha256Field } from '../../http/repr-digest';
import { readPieces, type FileHash } from './background-hashes';

/**
 * The value of Repr-Digest for a large file. Clients compare it with the SHA-256 of the whole file, which has to be
 * computed in one go. Threads cannot do that in Node, so each piece is hashed on the event loop.
 */
export const contentDigest: FileHash = async (filename, version, disk) => {
  const hash = createHash('sha256');
  const isVersion = await readPieces(filename, version, disk, (piece) => {
    hash.update(piece);
  });
  return isVersion ? sha256Field(hash.digest()) : null;
};
