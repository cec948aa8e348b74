import { resolve, sep } from 'node:path';
import type { SendfileOptions } from '../../options/options';
import type { OpenedFile } from '../../types';
import { modifiedAt, type FileVersion } from './file-version';

/** A file that a proxy in front opens and sends. */
export class DelegatedFile implements OpenedFile {
  readonly filename: string;
  readonly mtime: Date;
  readonly size: number;
  /** The proxy sends a validator of its own. */
  readonly etag = null;
  /** The name of the file for the proxy. */
  readonly location: string;

  constructor(filename: string, version: FileVersion, location: string) {
    this.filename = filename;
    this.mtime = modifiedAt(version);
    this.size = Number(version.size);
    this.location = location;
  }

  read(): never {
    throw new Error('the proxy reads a delegated file');
  }
}

/**
 * The name of a file for the proxy, or null for a file that is not delegated. Each segment is
 * percent-encoded, so that it cannot end the header field or leave the directory. Proxies decode it.
 */
export function proxyLocation(filename: string, sendfile: SendfileOptions | undefined): string | null {
  if (sendfile === undefined) return null;
  const directory = resolve(sendfile.from);
  const start = directory.endsWith(sep) ? directory : directory + sep;
  const path = resolve(filename);
  if (!path.startsWith(start)) return null;
  const names = path.slice(start.length).split(sep);
  return `${sendfile.to.replace(/\/$/, '')}/${names.map(encodeURIComponent).join('/')}`;
}
