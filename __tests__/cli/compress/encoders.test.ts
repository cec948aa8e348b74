import { createGzip, constants } from 'node:zlib';
import { encoders } from '../../../src/cli/compress/encoders';

test('zstd is written where Node has it, at the highest level whose window every client takes', () => {
  const createZstdCompress = jest.fn(() => createGzip());
  const known = encoders({ createZstdCompress });
  expect(known.map(({ coding }) => coding)).toEqual(['br', 'gzip', 'zstd']);
  known.at(-1)?.encoder(1);
  expect(createZstdCompress).toHaveBeenCalledWith({ params: { 100: 19 } });
  // Node's own name of it, where there is one.
  expect((constants as Record<string, number>)['ZSTD_c_compressionLevel'] ?? 100).toBe(100);
});

test('zstd is left out where Node has none', () => {
  expect(encoders({}).map(({ coding }) => coding)).toEqual(['br', 'gzip']);
});
