import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Descriptor } from '../../../../src/load/files/descriptor';
import { OpenFiles } from '../../../../src/load/files/open-files';
import { quickDisk, versionOf } from '../../../support/disk';
import { folderWith } from '../../../support/files';
import { eventually } from '../../../support/process';

const path = join(folderWith({ 'a.bin': 'content' }), 'a.bin');
const version = versionOf(path);

function open(): Descriptor {
  return new Descriptor(openSync(path, 'r'), quickDisk);
}

test('a descriptor is used again for the same version', async () => {
  const files = new OpenFiles();
  const first = files.add('a', version, open());
  await first.release();
  const second = files.lease('a', version);
  expect(second?.descriptor).toBe(first.descriptor);
  expect((await second?.descriptor.readBuffer(0, 7))?.toString()).toBe('content');
  await second?.release();
});

async function isClosed(descriptor: Descriptor): Promise<boolean> {
  await nextTurn();
  try {
    await descriptor.readBuffer(0, 1);
    return false;
  } catch {
    return true;
  }
}

test('the descriptor of another version is closed, and not used', async () => {
  const files = new OpenFiles();
  const { descriptor, release } = files.add('a', version, open());
  await release();
  expect(files.lease('a', { ...version, ctimeNs: version.ctimeNs + 1n })).toBeUndefined();
  expect(await isClosed(descriptor)).toBe(true);
});

test('a descriptor that is evicted stays open until its last user has ended', async () => {
  const files = new OpenFiles();
  const { descriptor, release } = files.add('a', version, open());
  files.lease('a', { ...version, ctimeNs: 0n });
  expect(await isClosed(descriptor)).toBe(false);
  await release();
  await release();
  expect(await isClosed(descriptor)).toBe(true);
});

test('at most 64 descriptors stay open, and none that is not used for seconds', async () => {
  const files = new OpenFiles();
  const descriptors = Array.from({ length: 100 }, open);
  for (const [index, descriptor] of descriptors.entries()) {
    await files.add(String(index), version, descriptor).release();
  }
  const areClosed = await Promise.all(descriptors.map(isClosed));
  expect(areClosed.indexOf(false)).toBe(36);
  await eventually(async () => {
    expect(await Promise.all(descriptors.map(isClosed))).not.toContain(false);
  }, 10);
});

test('a descriptor that is used is not closed because it is old', async () => {
  const files = new OpenFiles();
  const lease = files.add('a', version, open());
  const later = performance.now() + 60_000;
  jest.spyOn(performance, 'now').mockReturnValue(later);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  jest.restoreAllMocks();
  expect((await lease.descriptor.readBuffer(0, 7)).toString()).toBe('content');
  await lease.release();
});
