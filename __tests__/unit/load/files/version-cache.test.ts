import type { FileVersion } from '../../../../src/load/files/file-version';
import { MemoryFile } from '../../../../src/load/files/memory-file';
import { VersionCache } from '../../../../src/load/files/version-cache';

const LIMIT = 100_000;

function versionOf(number: number): FileVersion {
  return { dev: 1n, ino: BigInt(number), size: 5000n, mtimeNs: 0n, ctimeNs: 0n };
}

function keep(cache: VersionCache, name: string, version = versionOf(1)): MemoryFile {
  const file = new MemoryFile(new Date(0), Buffer.alloc(5000));
  cache.keep(name, '/', version, file);
  return file;
}

describe('the encodings of a file', () => {
  test('count towards the limit, so that the least recently used files are evicted', () => {
    const cache = new VersionCache(LIMIT);
    const files = Array.from({ length: 13 }, (_, index) => keep(cache, String(index)));
    const isKept = (index: number): boolean => cache.get(String(index), versionOf(1)) === files[index];
    expect(files.every((_, index) => isKept(index))).toBe(true);
    expect(files[12]?.reserve(15_000)).toBe(true);
    expect([isKept(0), isKept(1), isKept(12)]).toEqual([false, true, true]);
  });

  test('take no more than a quarter of the memory together with the file', () => {
    const file = keep(new VersionCache(LIMIT), 'a');
    expect([file.reserve(17_000), file.reserve(2000), file.reserve(-10_000), file.reserve(2000)]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  test('have no place once another version of the file is kept, or the file is evicted', () => {
    const cache = new VersionCache(LIMIT);
    const first = keep(cache, 'a', versionOf(1));
    expect(first.reserve(0)).toBe(true);
    const second = keep(cache, 'a', versionOf(2));
    expect([first.reserve(0), first.reserve(10), second.reserve(10)]).toEqual([false, false, true]);
    for (let index = 0; index < 30; index++)
      for (let round = 0; round < 2; round++) keep(cache, String(index));
    expect(second.reserve(0)).toBe(false);
  });
});
