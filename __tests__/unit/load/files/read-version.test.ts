import { appendFileSync, closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fstatFile, type FileVersion } from '../../../../src/load/files/file-version';
import { readVersion } from '../../../../src/load/files/read-version';
import { folderWith } from '../../../support/files';

function opened(content: string): { path: string; descriptor: number; version: FileVersion } {
  const path = join(folderWith({ 'a.txt': content }, new Date(1e12)), 'a.txt');
  const descriptor = openSync(path, 'r');
  const version = fstatFile(descriptor);
  if (version === null) throw new Error(`expected a file at ${path}`);
  return { path, descriptor, version };
}

test.each([0, 1, 64 * 1024, 64 * 1024 + 1])(
  'an unchanged file of %d bytes is read consistently',
  async (size) => {
    const { descriptor, version } = opened('x'.repeat(size));
    const result = await readVersion(descriptor, version);
    expect(result.isConsistent).toBe(true);
    expect(result.version).toEqual(version);
    expect(Buffer.from(result.content).equals(Buffer.alloc(size, 'x'))).toBe(true);
    closeSync(descriptor);
  },
);

test('a file that has grown since it was opened is read again', async () => {
  const { path, descriptor, version } = opened('one');
  appendFileSync(path, ' two');
  const result = await readVersion(descriptor, version);
  expect(Buffer.from(result.content).toString()).toBe('one two');
  expect(result.isConsistent).toBe(true);
  closeSync(descriptor);
});

test('after the last attempt, a file that still changes is returned as inconsistent', async () => {
  const { path, descriptor, version } = opened('one');
  writeFileSync(path, 'other');
  const result = await readVersion(descriptor, version, 3);
  expect(result.isConsistent).toBe(false);
  closeSync(descriptor);
});
