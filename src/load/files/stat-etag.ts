import etag from 'etag';
import { isRacy, type FileVersion } from './file-version';

/**
 * The ETag of a version whose content is not in memory, made of what changes with every write. It is hashed
 * because inode numbers must not be disclosed (CVE-2003-1418). A recently modified file gets a unique weak
 * tag, which never matches another version.
 */
export function statETag(version: FileVersion): string {
  const text = [version.dev, version.ino, version.size, version.mtimeNs, version.ctimeNs].join('-');
  if (!isRacy(version, Date.now())) return etag(text);
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
  return etag(Buffer.from(content.buffer, content.byteOffset, content.length));
}
