import { appendFileSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Descriptor } from '../../../../src/load/files/descriptor';
import type { FileVersion } from '../../../../src/load/files/file-version';
import { readVersion } from '../../../../src/load/files/read-version';
import { pooledDisk, quickDisk, versionOf } from '../../../support/disk';
import { folderWith } from '../../../support/files';

function opened(
  content: string,
  disk = quickDisk,
): { path: string; descriptor: Descriptor; version: FileVersion } {
  const path = join(folderWith({ 'a.txt': content }, new Date(1e12)), 'a.txt');
  return { path, descriptor: new Descriptor(openSync(path, 'r'), disk), version: versionOf(path) };
}

test.each([
  ['a quick disk', quickDisk, 0],
  ['a quick disk', quickDisk, 1],
  ['a quick disk', quickDisk, 64 * 1024],
  ['a quick disk', quickDisk, 64 * 1024 + 1],
  ['a slow disk', pooledDisk, 0],
  ['a slow disk', pooledDisk, 1],
  ['a slow disk', pooledDisk, 1_000_000],
])('from %s (%#), an unchanged file is read consistently', async (_kind, disk, size) => {
  const { descriptor, version } = opened('x'.repeat(size), disk);
  const result = await readVersion(descriptor, version);
  expect(result.isConsistent).toBe(true);
  expect(result.version).toEqual(version);
  expect(Buffer.from(result.content).equals(Buffer.alloc(size, 'x'))).toBe(true);
  await descriptor.close();
});

test('a file that has grown since it was opened is read again', async () => {
  const { path, descriptor, version } = opened('one');
  appendFileSync(path, ' two');
  const result = await readVersion(descriptor, version);
  expect(Buffer.from(result.content).toString()).toBe('one two');
  expect(result.isConsistent).toBe(true);
  await descriptor.close();
});

test('after the last attempt, a file that still changes is returned as inconsistent', async () => {
  const { path, descriptor, version } = opened('one');
  writeFileSync(path, 'other');
  const result = await readVersion(descriptor, version, 3);
  expect(result.isConsistent).toBe(false);
  await descriptor.close();
});
