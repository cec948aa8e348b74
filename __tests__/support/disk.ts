import { statSync } from 'node:fs';
import { Disk } from '../../src/load/disk/disk';
import { fileVersion, type FileVersion } from '../../src/load/files/file-version';

const LOCAL = { isRemote: false, hasChangeTime: true };

/** A disk whose operations are synchronous. */
export const quickDisk = new Disk(LOCAL, { io: 'sync', timeout: 10_000 });

/** A disk whose operations are done by the thread pool. */
export const pooledDisk = new Disk(LOCAL, { io: 'async', timeout: 10_000 });

/** The version of an existing file. */
export function versionOf(path: string): FileVersion {
  const version = fileVersion(statSync(path, { bigint: true }));
  if (version === null) throw new Error(`expected a file at ${path}`);
  return version;
}
