import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Content in which each run of eight bytes is unique, so that a wrong range is detected. */
export function numbered(size: number): Buffer {
  const numbers = Uint32Array.from({ length: Math.ceil(size / 4) }, (_, index) => index);
  return Buffer.from(numbers.buffer, 0, size);
}

export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

export function checksum(filename: string): string {
  return sha256(readFileSync(filename));
}
