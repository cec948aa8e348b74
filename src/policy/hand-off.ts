import { resolve, sep } from 'node:path';
import type { SendfileOptions } from '../options';

/**
 * Where a proxy finds a file, or null for one that we send ourselves. Each name is escaped, so that none can end the header
 * field or leave the folder: proxies undo that.
 */
export function proxyLocation(filename: string, sendfile: SendfileOptions | undefined): string | null {
  if (sendfile === undefined) return null;
  const folder = resolve(sendfile.from);
  const start = folder.endsWith(sep) ? folder : folder + sep;
  const place = resolve(filename);
  if (!place.startsWith(start)) return null;
  const names = place.slice(start.length).split(sep);
  return `${sendfile.to.replace(/\/$/, '')}/${names.map(encodeURIComponent).join('/')}`;
}
