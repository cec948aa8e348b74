import { constants, createGzip } from 'node:zlib';
import { deltaEncoder, windowLog } from '../../../../src/cli/compress/delta-encoder';

describe('deltas', () => {
  const zstdCompressSync = (content: Uint8Array, { dictionary }: { dictionary?: Uint8Array }) =>
    dictionary === undefined ? content : content.subarray(1);
  const createZstdCompress = jest.fn(() => createGzip());

  test('are made if zstd has dictionaries, with a stated size and a window that clients must support', () => {
    const dictionary = Buffer.alloc(1000);
    deltaEncoder({ createZstdCompress, zstdCompressSync })?.(dictionary, 2000);
    expect(createZstdCompress).toHaveBeenCalledWith({
      params: { 100: 19, 101: 23 },
      dictionary,
      pledgedSrcSize: 2000,
    });
    expect((constants as Record<string, number>)['ZSTD_c_windowLog'] ?? 101).toBe(101);
  });

  test('are not made if Node has no zstd, or ignores dictionaries', () => {
    expect(deltaEncoder({})).toBeNull();
    expect(deltaEncoder({ createZstdCompress, zstdCompressSync: (content) => content })).toBeNull();
  });

  const MIB = 2 ** 20;
  test.each([
    [1000, 1000, 23],
    [8 * MIB, 9 * MIB, 24],
    [8 * MIB, 10 * MIB + 1, 23],
    [1000, 20 * MIB, 23],
    [14 * MIB, 20 * MIB, 24],
    [100 * MIB, 100 * MIB, 27],
    [200 * MIB, 200 * MIB, 27],
  ])('with a dictionary of %i bytes, for %i bytes, have a window of 2 ** %i', (dictionarySize, size, log) => {
    expect(windowLog(dictionarySize, size)).toBe(log);
  });
});
