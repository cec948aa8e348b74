import { Transform } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Compressor } from '../../../src/encode/compressor';
import type { Effort, Encoder } from '../../../src/encode/encoders';
import type { Encodings } from '../../../src/encode/encodings';
import { MemoryFile } from '../../../src/load/files/memory-file';
import { compressSettings, type CompressOptions } from '../../../src/options/compress';
import type { ContentCoding } from '../../../src/types';
import { eventually } from '../../support/process';

interface Started {
  readonly coding: ContentCoding;
  readonly effort: Effort;
  /** Ends the compression with a result of so many bytes. */
  readonly end: (size: number) => void;
  readonly fail: (error: Error) => void;
}

const request = { headers: {} };
const type = { filename: 'a.txt', fallbackMimetype: 'text/plain', mediaType: undefined };

/** A compressor whose compressions end when the test says so. */
function createCompressor(options: CompressOptions = {}): {
  compressor: Compressor;
  started: Started[];
  errors: unknown[];
} {
  const started: Started[] = [];
  const errors: unknown[] = [];
  const encoderOf = (coding: ContentCoding): Encoder => ({
    coding,
    createStream: (_size, effort) => {
      const stream = new Transform({
        transform: (_chunk, _encoding, done) => {
          done();
        },
        flush: (done) => {
          const end = (size: number): void => {
            done(null, Buffer.alloc(size));
          };
          started.push({ coding, effort, end, fail: done });
        },
      });
      return stream;
    },
  });
  const settings = compressSettings(options);
  if (settings === undefined) throw new Error('expected settings');
  const report = (_request: unknown, error: unknown): void => void errors.push(error);
  const available = [encoderOf('br'), encoderOf('gzip')];
  return { compressor: new Compressor(settings, 100_000, report, available), started, errors };
}

/** A file that is kept, as long as the function returns true. */
function fileOf(size = 10_000, reserve: (bytes: number) => boolean = () => true): MemoryFile {
  const file = new MemoryFile(new Date(0), Buffer.alloc(size));
  file.keptWith(reserve);
  return file;
}

function encodingsOf(compressor: Compressor, file: MemoryFile): Encodings {
  const encodings = compressor.mayEncode(file) ? compressor.encodingsOf(file, type) : null;
  if (encodings === null) throw new Error('expected a file that may be encoded');
  return encodings;
}

function sizeFor(compressor: Compressor, file: MemoryFile, accepted: ContentCoding[]): number | undefined {
  return compressor.choose(encodingsOf(compressor, file), [...accepted, 'identity'], request)?.file.size;
}

async function untilStarted(started: readonly Started[], count: number): Promise<void> {
  await eventually(() => {
    expect(started.length).toBe(count);
  });
}

test('codings that this version of Node lacks are left out', () => {
  expect(createCompressor().compressor.codings).toEqual(['br', 'gzip']);
  expect(createCompressor({ encodings: ['zstd', 'gzip'] }).compressor.codings).toEqual(['gzip']);
});

test.each([
  [999, false],
  [1000, true],
  [100_000, true],
  [100_001, false],
])('a file of %d bytes may be encoded: %p', (size, expected) => {
  const { compressor } = createCompressor({ minSize: 1000 });
  expect(compressor.mayEncode(fileOf(size))).toBe(expected);
});

test('a file that is not in memory, or has header fields of its own, is never encoded', () => {
  const { compressor } = createCompressor({ minSize: 0 });
  const opened = { mtime: new Date(0), size: 5, read: () => Buffer.from('abcde') };
  expect(compressor.mayEncode(opened)).toBe(false);
  const withFields = Object.assign(fileOf(), { headers: { 'content-type': 'text/plain' } });
  expect(compressor.mayEncode(withFields)).toBe(false);
});

test('whether a type is compressible is decided again if its name or one of the options changes', () => {
  const { compressor } = createCompressor();
  const file = fileOf();
  if (!compressor.mayEncode(file)) throw new Error('expected a file that may be encoded');
  for (const [filename, fallbackMimetype, mediaType, expected] of [
    ['a.txt', 'image/png', undefined, true],
    ['a.png', 'image/png', undefined, false],
    ['a', 'image/png', undefined, false],
    ['a', 'text/plain', undefined, true],
    ['a', 'text/plain', 'image/png', false],
    ['a', 'text/plain', 'image/svg+xml', true],
  ] as const) {
    for (let round = 0; round < 2; round++) {
      const encodings = compressor.encodingsOf(file, { filename, fallbackMimetype, mediaType });
      expect(encodings !== null).toBe(expected);
    }
  }
});

test('no more compressions run at a time than the option concurrency says', async () => {
  const { compressor, started } = createCompressor({ concurrency: 2, level: 'quick' });
  const files = Array.from({ length: 5 }, () => fileOf());
  for (const file of files) sizeFor(compressor, file, ['br']);
  await untilStarted(started, 2);
  await nextTurn();
  expect(started.length).toBe(2);
  for (let done = 0; done < 5; done++) {
    started[done]?.end(100);
    await untilStarted(started, Math.min(done + 3, 5));
  }
  await eventually(() => {
    expect(files.map((file) => sizeFor(compressor, file, ['br']))).toEqual(Array(5).fill(100));
  });
});

test('with 256 unfinished compressions, a later request tries again', async () => {
  const { compressor, started } = createCompressor({ concurrency: 1000, level: 'quick' });
  const files = Array.from({ length: 257 }, () => fileOf(1024));
  for (const file of files) sizeFor(compressor, file, ['br']);
  await untilStarted(started, 256);
  for (const { end } of started) end(100);
  await eventually(() => {
    for (const file of files.slice(0, 256)) expect(sizeFor(compressor, file, ['br'])).toBe(100);
  });
  expect(sizeFor(compressor, files[256] ?? fileOf(), ['br'])).toBeUndefined();
  await untilStarted(started, 257);
});

test('a file that is evicted while its compression waits is not compressed', async () => {
  const { compressor, started } = createCompressor({ concurrency: 1 });
  let isKept = true;
  sizeFor(compressor, fileOf(), ['br']);
  const evicted = fileOf(10_000, () => isKept);
  sizeFor(compressor, evicted, ['br']);
  await untilStarted(started, 1);
  isKept = false;
  started[0]?.end(100);
  const last = fileOf();
  await eventually(() => {
    sizeFor(compressor, last, ['gzip']);
    expect(started.length).toBe(2);
  });
  expect(started[1]?.coding).toBe('gzip');
});

test('an encoding for which there is no room is dropped, and not made again', async () => {
  const { compressor, started } = createCompressor({ level: 'quick' });
  const file = fileOf(10_000, (bytes) => bytes === 0);
  sizeFor(compressor, file, ['br']);
  await untilStarted(started, 1);
  started[0]?.end(100);
  await nextTurn();
  await nextTurn();
  expect(sizeFor(compressor, file, ['br'])).toBeUndefined();
  expect(started.length).toBe(1);
});

test('an encoding counts for its header fields too, and a smaller one that replaces it for the difference', async () => {
  const counted: number[] = [];
  const { compressor, started } = createCompressor();
  const file = fileOf(10_000, (bytes) => counted.push(bytes) > 0);
  sizeFor(compressor, file, ['br']);
  await untilStarted(started, 1);
  started[0]?.end(5000);
  await eventually(() => {
    expect(sizeFor(compressor, file, ['br'])).toBe(5000);
  });
  await untilStarted(started, 2);
  started[1]?.end(4000);
  await eventually(() => {
    expect(sizeFor(compressor, file, ['br'])).toBe(4000);
  });
  expect(counted.filter((bytes) => bytes !== 0)).toEqual([5000 + 2048, -1000]);
});

test('a result of the best level that is not smaller is dropped', async () => {
  const { compressor, started } = createCompressor();
  const file = fileOf();
  sizeFor(compressor, file, ['br']);
  await untilStarted(started, 1);
  started[0]?.end(5000);
  await eventually(() => {
    expect(sizeFor(compressor, file, ['br'])).toBe(5000);
  });
  await untilStarted(started, 2);
  started[1]?.end(5000);
  for (let turn = 0; turn < 5; turn++) {
    await nextTurn();
    expect(sizeFor(compressor, file, ['br'])).toBe(5000);
  }
  expect(started.map(({ effort }) => effort)).toEqual(['quick', 'best']);
});

test('the best level starts only if no other compression would wait for it', async () => {
  const { compressor, started } = createCompressor({ concurrency: 2 });
  const file = fileOf();
  sizeFor(compressor, file, ['br']);
  await untilStarted(started, 1);
  sizeFor(compressor, fileOf(), ['br']);
  await untilStarted(started, 2);
  started[0]?.end(5000);
  await eventually(() => {
    expect(sizeFor(compressor, file, ['br'])).toBe(5000);
  });
  await nextTurn();
  expect(started.length).toBe(2);
  started[1]?.end(5000);
  await eventually(() => {
    sizeFor(compressor, file, ['br']);
    expect(started.map(({ effort }) => effort)).toEqual(['quick', 'quick', 'best']);
  });
});

test('an error is reported once per version, which keeps the encodings that it has', async () => {
  const { compressor, started, errors } = createCompressor({ level: 'quick' });
  const file = fileOf();
  sizeFor(compressor, file, ['gzip']);
  await untilStarted(started, 1);
  started[0]?.end(5000);
  await eventually(() => {
    expect(sizeFor(compressor, file, ['gzip'])).toBe(5000);
  });
  sizeFor(compressor, file, ['br']);
  await untilStarted(started, 2);
  started[1]?.fail(new Error('no memory'));
  await eventually(() => {
    expect(errors).toEqual([new Error('no memory')]);
  });
  for (let turn = 0; turn < 5; turn++) {
    expect(sizeFor(compressor, file, ['br', 'gzip'])).toBe(5000);
    await nextTurn();
  }
  expect([started.length, errors.length]).toEqual([2, 1]);
});
