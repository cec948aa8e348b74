import etag from 'etag';
import { hadRested, type FileFacts } from './file-facts';

/**
 * The entity tag of a version whose content is not at hand, made of what changes with every write. Hashed,
 * since inode numbers are nobody's business (CVE-2003-1418). A version too young to be told from the next one
 * gets a weak tag that no other answer will have: it can be wrong about nothing.
 */
export function entityTagOf(facts: FileFacts): string {
  const version = [facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join('-');
  if (hadRested(facts, Date.now())) return etag(version);
  return etag(`${version}-${process.hrtime.bigint()}`, { weak: true });
}

/**
 * The entity tag of a file of which only this much is known: of its content if that is at hand, else a weak one,
 * since two versions may agree in all the rest.
 */
export function defaultEntityTag(
  mtime: Date,
  size: number,
  name: string,
  content: Uint8Array | undefined,
): string {
  if (content === undefined) return etag(`${name}-${size}-${mtime.getTime()}`, { weak: true });
  return etag(Buffer.from(content.buffer, content.byteOffset, content.length));
}
