import fc from 'fast-check';
import { MemoryFile, memorySize } from '../../../../src/load/files/memory-file';

test('the string of a small file has one character for each byte, whatever the bytes are', () => {
  const bytes = fc.uint8Array({ maxLength: 2048, size: 'max' });
  fc.assert(
    fc.property(bytes, (content) => {
      const { latin1 } = new MemoryFile(new Date(0), content);
      expect(latin1?.bytes).toBe(content);
      expect(Buffer.from(latin1?.text ?? '', 'latin1').equals(content)).toBe(true);
    }),
  );
});

test('a file that is part of a larger buffer has the string of its own bytes', () => {
  const content = Buffer.from('0123456789').subarray(3, 6);
  expect(new MemoryFile(new Date(0), content).latin1?.text).toBe('345');
});

test('a file of more than 2 KiB has no string, and only its bytes count', () => {
  expect(new MemoryFile(new Date(0), Buffer.alloc(2048)).latin1).toBeDefined();
  expect(new MemoryFile(new Date(0), Buffer.alloc(2049)).latin1).toBeUndefined();
  expect([memorySize(2048), memorySize(2049)]).toEqual([4096, 2049]);
});

test('a file that nothing keeps has no room for encodings', () => {
  const file = new MemoryFile(new Date(0), Buffer.alloc(10));
  expect(file.reserve(0)).toBe(false);
});
