import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BufferPool } from '../../../../src/load/files/buffer-pool';
import { Descriptor } from '../../../../src/load/files/descriptor';
import { FileStream } from '../../../../src/load/files/file-stream';
import { quickDisk } from '../../../support/disk';
import { folderWith } from '../../../support/files';
import { eventually } from '../../../support/process';

const content = Buffer.from(Uint8Array.from({ length: 20_000_000 }, (_, at) => (at * 7 + (at >> 8)) & 255));
const path = join(folderWith({ 'a.bin': content }), 'a.bin');

let descriptor: Descriptor;
beforeEach(() => (descriptor = new Descriptor(openSync(path, 'r'), quickDisk)));
afterEach(() => descriptor.close());

describe('FileStream', () => {
  test.each([
    [0, 19_999_999],
    [0, 0],
    [32_768, 32_768],
    [19_999_999, 19_999_999],
    [1_000_003, 15_000_011],
  ])('reads the bytes from %d to %d for a fast client', async (start, end) => {
    const stream = new FileStream(descriptor, start, end);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(content.subarray(start, end + 1))).toBe(true);
  });

  test('reads the same bytes for a slow client that stalls in between', async () => {
    const stream = new FileStream(descriptor, 0, 19_999_999);
    const chunks: Buffer[] = [];
    let position = 0;
    for await (const chunk of stream) {
      const bytes = chunk as Buffer;
      chunks.push(Buffer.from(bytes));
      position += bytes.length;
      stream.recycle(bytes);
      if (position < 1_000_000 || position > 15_000_000)
        for (let turn = 0; turn < 3; turn++) await nextTurn();
    }
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
  });

  test('reads larger chunks for a fast client and small chunks for a slow client', async () => {
    const stream = new FileStream(descriptor, 0, 19_999_999);
    const sizes: number[] = [];
    let stalled = false;
    await new Promise((resolve) => {
      stream.on('data', (chunk: Buffer) => {
        sizes.push(chunk.length);
        stream.recycle(chunk);
        if (stalled || chunk.length < 256 * 1024) return;
        stalled = true;
        stream.pause();
        setTimeout(() => stream.resume(), 20);
      });
      stream.on('end', resolve);
    });
    const largest = sizes.findIndex((size) => size >= 256 * 1024);
    expect(sizes[0]).toBe(32 * 1024);
    expect(largest).toBeGreaterThan(0);
    expect(sizes.slice(largest + 1)).toContain(32 * 1024);
  });

  test('reads smaller chunks if seven other fast streams share the budget', async () => {
    async function chunksOf(count: number): Promise<number> {
      const streams = Array.from({ length: count }, () => new FileStream(descriptor, 0, 19_999_999));
      const chunks = streams.map(async (stream) => {
        let count = 0;
        stream.on('data', (chunk: Buffer) => {
          count += 1;
          stream.recycle(chunk);
        });
        await new Promise((resolve) => stream.on('end', resolve));
        return count;
      });
      return Math.max(...(await Promise.all(chunks)));
    }
    const alone = await chunksOf(1);
    expect(await chunksOf(8)).toBeGreaterThan(alone + 30);
  });

  test('when it is destroyed, its descriptor is closed only after the read in progress', async () => {
    const stream = new FileStream(descriptor, 0, 19_999_999);
    stream.resume();
    await nextTurn();
    stream.destroy();
    await descriptor.close();
    await eventually(() => {
      expect(stream.closed).toBe(true);
    });
  });

  test('emits an error if the file cannot be read', async () => {
    const folder = new Descriptor(openSync(join(path, '..'), 'r'), quickDisk);
    const stream = new FileStream(folder, 0, 9);
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'EISDIR' });
    await folder.close();
  });
});

describe('BufferPool', () => {
  test('reuses a released buffer', () => {
    const pool = new BufferPool();
    const buffer = pool.acquire(1000);
    expect(buffer).toHaveLength(1000);
    pool.release(buffer);
    expect(pool.acquire(2000)).not.toBe(buffer);
    expect(pool.acquire(1000)).toBe(buffer);
    expect(pool.acquire(1000)).not.toBe(buffer);
  });

  test('evicts buffers of sizes that are no longer requested', () => {
    const pool = new BufferPool();
    for (const buffer of Array.from({ length: 8 }, () => pool.acquire(1024 * 1024))) pool.release(buffer);
    const other = pool.acquire(1000);
    pool.release(other);
    expect(pool.acquire(1000)).toBe(other);
  });

  test('keeps at most 8 MiB', () => {
    const pool = new BufferPool();
    const buffers = Array.from({ length: 20 }, () => pool.acquire(1024 * 1024));
    for (const buffer of buffers) pool.release(buffer);
    const reacquired = Array.from({ length: 20 }, () => pool.acquire(1024 * 1024));
    expect(reacquired.filter((buffer) => buffers.includes(buffer))).toHaveLength(8);
  });
});
