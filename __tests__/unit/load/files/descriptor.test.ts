import { openSync, readSync } from 'node:fs';
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

describe('a part', () => {
  const durations: number[] = [];

  /** Reads a part after setting how long its read takes, by the clock. Returns whether it was synchronous. */
  async function readsSync(descriptor: Descriptor, duration = 0.01): Promise<boolean> {
    durations.push(duration);
    const reading = descriptor.readRange(2, 3);
    durations.length = 0;
    expect((await reading).toString()).toBe('234');
    return Buffer.isBuffer(reading);
  }

  beforeEach(() => {
    let time = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => time);
    jest.spyOn(quickDisk, 'readSync').mockImplementation((fd, buffer, offset, position) => {
      time += durations[0] ?? 0;
      return readSync(fd, buffer, offset, buffer.length - offset, position);
    });
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is read by the thread pool at first, then synchronously', async () => {
    const descriptor = new Descriptor(openSync(path, 'r'), quickDisk);
    expect(await readsSync(descriptor)).toBe(false);
    expect(await readsSync(descriptor)).toBe(true);
    await descriptor.close();
  });

  test('is read by the thread pool after reads were slow, and not after a single interruption', async () => {
    const descriptor = new Descriptor(openSync(path, 'r'), quickDisk);
    await readsSync(descriptor);
    expect(await readsSync(descriptor, 4)).toBe(true);
    expect(await readsSync(descriptor, 2)).toBe(true);
    expect(await readsSync(descriptor)).toBe(false);
    await descriptor.close();
  });
});
