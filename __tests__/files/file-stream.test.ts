import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BufferPool } from '../../src/files/buffer-pool';
import { FileStream } from '../../src/files/file-stream';
import { folderWith } from '../support/files';
import { eventually } from '../support/process';

const content = Buffer.from(Uint8Array.from({ length: 20_000_000 }, (_, at) => (at * 7 + (at >> 8)) & 255));
const path = join(folderWith({ 'a.bin': content }), 'a.bin');

let descriptor: number;
beforeEach(() => (descriptor = openSync(path, 'r')));
afterEach(() => {
  closeSync(descriptor);
});

describe('a stream of a file', () => {
  test.each([
    [0, 19_999_999],
    [0, 0],
    [32_768, 32_768],
    [19_999_999, 19_999_999],
    [1_000_003, 15_000_011],
  ])('gives the bytes from %d to %d, to a reader that keeps up', async (start, end) => {
    const stream = new FileStream(descriptor, start, end);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(content.subarray(start, end + 1))).toBe(true);
    await stream.idle();
  });

  test('gives the same to one that lags, and that stalls after a while', async () => {
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

  test('reads more at once for a reader that keeps up, and little for one that does not', async () => {
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

  test('shares with others that keep up: beside seven, each gets less at once than alone', async () => {
    async function chunksOf(count: number): Promise<number> {
      const streams = Array.from({ length: count }, () => new FileStream(descriptor, 0, 19_999_999));
      const chunks = streams.map(async (stream) => {
        let passed = 0;
        stream.on('data', (chunk: Buffer) => {
          passed += 1;
          stream.recycle(chunk);
        });
        await new Promise((resolve) => stream.on('end', resolve));
        return passed;
      });
      return Math.max(...(await Promise.all(chunks)));
    }
    const alone = await chunksOf(1);
    expect(await chunksOf(8)).toBeGreaterThan(alone + 30);
  });

  test('that is destroyed while it reads waits for that read', async () => {
    const stream = new FileStream(descriptor, 0, 19_999_999);
    stream.resume();
    await nextTurn();
    stream.destroy();
    await stream.idle();
    await eventually(() => {
      expect(stream.closed).toBe(true);
    });
  });

  test('errors when the file cannot be read', async () => {
    const folder = openSync(join(path, '..'), 'r');
    const stream = new FileStream(folder, 0, 9);
    await expect(stream.toArray()).rejects.toMatchObject({ code: 'EISDIR' });
    closeSync(folder);
  });
});

describe('a pool of buffers', () => {
  test('hands out again what was given back', () => {
    const pool = new BufferPool();
    const buffer = pool.take(1000);
    expect(buffer).toHaveLength(1000);
    pool.give(buffer);
    expect(pool.take(2000)).not.toBe(buffer);
    expect(pool.take(1000)).toBe(buffer);
    expect(pool.take(1000)).not.toBe(buffer);
  });

  test('gives up sizes that are no longer asked for', () => {
    const pool = new BufferPool();
    for (const buffer of Array.from({ length: 8 }, () => pool.take(1024 * 1024))) pool.give(buffer);
    const other = pool.take(1000);
    pool.give(other);
    expect(pool.take(1000)).toBe(other);
  });

  test('keeps no more than it should', () => {
    const pool = new BufferPool();
    const buffers = Array.from({ length: 20 }, () => pool.take(1024 * 1024));
    for (const buffer of buffers) pool.give(buffer);
    const again = Array.from({ length: 20 }, () => pool.take(1024 * 1024));
    expect(again.filter((buffer) => buffers.includes(buffer))).toHaveLength(8);
  });
});
