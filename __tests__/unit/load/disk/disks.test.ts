import fs, { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Disks } from '../../../../src/load/disk/disks';
import { folderWith } from '../../../support/files';

const OPTIONS = { io: 'auto', timeout: 10_000 } as const;

const folder = folderWith({ 'a.txt': 'a' });
const device = statSync(folder, { bigint: true }).dev;

afterEach(() => {
  jest.restoreAllMocks();
});

test('directories on one file system share a disk, which is used synchronously if it is local', () => {
  const disks = new Disks(OPTIONS);
  const other = folderWith({ 'b.txt': 'b' });
  disks.addRoot(folder);
  disks.addRoot(other);
  expect(disks.of(folder).usesPool).toBe(false);
  expect(disks.of(other)).toBe(disks.of(folder));
});

test('a directory on another file system has a disk of its own', () => {
  const disks = new Disks(OPTIONS);
  disks.addRoot(folder);
  disks.addRoot('/proc');
  expect(disks.of('/proc')).not.toBe(disks.of(folder));
});

test.each([
  ['does not exist', join(folder, 'missing')],
  ['was not added', folder],
])('a directory that %s is used through the thread pool, because it might not respond', (_why, root) => {
  const disks = new Disks(OPTIONS);
  if (root !== folder) disks.addRoot(root);
  expect(disks.of(root).usesPool).toBe(true);
});

test('the first file of a directory tells which disk it is on', async () => {
  const disks = new Disks(OPTIONS);
  const disk = await disks.ofFile(folder, device, join(folder, 'a.txt'));
  expect(disk.usesPool).toBe(false);
  expect(disks.of(folder)).toBe(disk);
});

test('a file on another local disk than its directory does not change the disk of the directory', async () => {
  const disks = new Disks(OPTIONS);
  disks.addRoot(folder);
  const disk = disks.of(folder);
  const other = statSync('/proc/version', { bigint: true }).dev;
  expect(await disks.ofFile(folder, other, '/proc/version')).not.toBe(disk);
  expect(disks.of(folder)).toBe(disk);
});

test.each([
  ['FUSE, which is used through the thread pool', 0x65735546, true],
  ['exFAT, which has no time of the last change', 0x2011bab0, false],
])('a device with another file system than before: %s', async (_which, type, isRemote) => {
  const disks = new Disks(OPTIONS);
  disks.addRoot(folder);
  jest.spyOn(fs, 'statfsSync').mockReturnValue({ type } as never);
  // The kind of a disk is used for a second.
  await setTimeout(1100);
  const disk = await disks.ofFile(folder, device, join(folder, 'a.txt'));
  expect(disk.usesPool).toBe(isRemote);
  expect(disks.of(folder).usesPool).toBe(isRemote);
  expect(disk.fileSystem).toEqual({ isRemote, hasChangeTime: isRemote });
});

test('directories without an export take a bounded amount of memory', () => {
  const disks = new Disks(OPTIONS);
  disks.addRoot(folder);
  for (let index = 0; index < 10_001; index++) disks.of(`/missing/${index}`);
  expect(disks.of(folder).usesPool).toBe(true);
});
