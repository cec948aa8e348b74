import { createGzip, constants } from 'node:zlib';
import { encoders } from '../../../src/encode/encoders';

test('zstd is used if Node supports it, with the highest level that all clients can decode', () => {
  const createZstdCompress = jest.fn(() => createGzip());
  const known = encoders({ createZstdCompress });
  expect(known.map(({ coding }) => coding)).toEqual(['br', 'gzip', 'zstd']);
  known.at(-1)?.createStream(1, 'best');
  expect(createZstdCompress).toHaveBeenCalledWith({ params: { 100: 19 } });
  // The constant of Node, in versions that have it.
  expect((constants as Record<string, number>)['ZSTD_c_compressionLevel'] ?? 100).toBe(100);
});

test('zstd is omitted if Node does not support it', () => {
  expect(encoders({}).map(({ coding }) => coding)).toEqual(['br', 'gzip']);
});
