import { openSync } from 'node:fs';
import { join } from 'node:path';
import { Descriptor } from '../../../../src/load/files/descriptor';
import { quickDisk } from '../../../support/disk';
import { folderWith } from '../../../support/files';
import { openDescriptors } from '../../../support/process';

const path = join(folderWith({ 'a.txt': '0123456789' }), 'a.txt');

test('closing waits for the reads in progress, which succeed', async () => {
  const descriptor = new Descriptor(openSync(path, 'r'), quickDisk);
  const reading = descriptor.readBuffer(2, 3);
  await descriptor.close();
  expect((await reading).toString()).toBe('234');
});

test('a file is closed once, however often close is called', async () => {
  const before = openDescriptors();
  const descriptor = new Descriptor(openSync(path, 'r'), quickDisk);
  await Promise.all([descriptor.close(), descriptor.close()]);
  await descriptor.close();
  expect(openDescriptors()).toBe(before);
});

test('a read after closing fails and does not read another file', async () => {
  const descriptor = new Descriptor(openSync(path, 'r'), quickDisk);
  await descriptor.close();
  const error = await new Promise((resolve) => {
    descriptor.read(Buffer.alloc(1), 0, resolve);
  });
  expect(error).toEqual(new Error('the file was closed before it was read'));
});
