import { createHash } from 'node:crypto';
import etag from 'etag';
import type { FileVersion } from './file-version';

/**
 * The ETag of a version whose content is not in memory, made of what changes with every write. It is hashed
 * because inode numbers must not be disclosed (CVE-2003-1418). A recently modified file gets a unique weak
 * tag, which never matches another version.
 *
 * @param isRested whether the version has been unchanged for so long that its times can be trusted
 */
export function statETag(version: FileVersion, isRested: boolean): string {
  const text = [version.dev, version.ino, version.size, version.mtimeNs, version.ctimeNs].join('-');
  if (isRested) return etag(text);
  return etag(`${text}-${process.hrtime.bigint()}`, { weak: true });
}

/**
 * The ETag of a file about which nothing else is known: of its content if that is in memory, else a weak one,
 * since two versions may have the same name, size and time.
 */
export function defaultETag(
  mtime: Date,
  size: number,
  name: string,
  content: Uint8Array | undefined,
): string {
  if (content === undefined) return etag(`${name}-${size}-${mtime.getTime()}`, { weak: true });
  // Not by the package etag, which uses SHA-1: there are different files with the same hash (SHAttered).
  return `"${createHash('sha256').update(content).digest('base64url')}"`;
}
