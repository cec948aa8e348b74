import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BackgroundHashes } from '../../../../src/load/files/background-hashes';
import { contentDigest } from '../../../../src/load/files/content-digest';
import { contentETag } from '../../../../src/load/files/content-etag';
import type { FileVersion } from '../../../../src/load/files/file-version';
import { quickDisk, versionOf } from '../../../support/disk';
import { folderWith } from '../../../support/files';
import { eventually } from '../../../support/process';

const CONTENT = Buffer.alloc(1_000_000, 'shared data ');

function createFile(content = CONTENT): { path: string; version: FileVersion } {
  const path = join(folderWith({ 'a.bin': content }, new Date(1e12)), 'a.bin');
  return { path, version: versionOf(path) };
}

describe('contentETag', () => {
  test('returns equal ETags only for equal contents', async () => {
    const [one, same, other] = [
      createFile(),
      createFile(),
      createFile(Buffer.alloc(1_000_000, 'shared dAta ')),
    ];
    const etag = await contentETag(one.path, one.version, quickDisk);
    expect(etag).toMatch(/^"f4240-[\w-]{43}"$/);
    expect(await contentETag(same.path, same.version, quickDisk)).toBe(etag);
    expect(await contentETag(other.path, other.version, quickDisk)).not.toBe(etag);
  });

  test('returns null if the file changed before or during the read', async () => {
    const before = createFile();
    utimesSync(before.path, 1e9, 1e9);
    expect(await contentETag(before.path, before.version, quickDisk)).toBeNull();
    const during = createFile();
    const etag = contentETag(during.path, during.version, quickDisk);
    utimesSync(during.path, 1e9, 1e9);
    expect(await etag).toBeNull();
  });
});

describe('contentDigest', () => {
  test('returns the SHA-256 of the content, and null for another version', async () => {
    const { path, version } = createFile();
    const sha256 = createHash('sha256').update(CONTENT).digest('base64');
    expect(await contentDigest(path, version, quickDisk)).toBe(`sha-256=:${sha256}:`);
    utimesSync(path, 1e9, 1e9);
    expect(await contentDigest(path, version, quickDisk)).toBeNull();
  });
});

test('contentETag does not block if a FIFO has replaced the file', async () => {
  const { path, version } = createFile();
  rmSync(path);
  execFileSync('mkfifo', [path]);
  expect(await contentETag(path, version, quickDisk)).toBeNull();
});

describe('BackgroundHashes', () => {
  test('computes no ETag of a file whose times cannot be trusted yet', async () => {
    const { path, version } = createFile();
    const etags = new BackgroundHashes(contentETag);
    expect(etags.get(path, version, false, quickDisk)).toBeNull();
    await nextTurn();
    expect(etags.get(path, version, false, quickDisk)).toBeNull();
  });

  test('computes the ETag again after a failed read', async () => {
    const { path, version } = createFile();
    const etags = new BackgroundHashes(contentETag);
    renameSync(path, `${path}.away`);
    expect(etags.get(path, version, true, quickDisk)).toBeNull();
    await nextTurn();
    renameSync(`${path}.away`, path);
    const now = versionOf(path);
    await eventually(() => {
      expect(etags.get(path, now, true, quickDisk)).not.toBeNull();
    });
  });

  test('computes a new ETag when the file changes', async () => {
    const { path, version } = createFile();
    const etags = new BackgroundHashes(contentETag);
    await eventually(() => {
      expect(etags.get(path, version, true, quickDisk)).not.toBeNull();
    });
    writeFileSync(path, CONTENT.subarray(1));
    truncateSync(path, 500_000);
    const changed = versionOf(path);
    expect(etags.get(path, changed, true, quickDisk)).toBeNull();
    await eventually(() => {
      expect(etags.get(path, changed, true, quickDisk)).toMatch(/^"7a120-/);
    });
  });
});
