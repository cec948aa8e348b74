import { createHash } from 'node:crypto';
import type { DictionaryCoding } from '../../src/index';

/** The first bytes of the streams of each coding, as RFC 9842 §4 and §5 list them. */
const MAGIC: Record<DictionaryCoding, number[]> = {
  dcb: [0xff, 0x44, 0x43, 0x42],
  dcz: [0x5e, 0x2a, 0x4d, 0x18, 0x20, 0, 0, 0],
};

/** A dictionary, in the forms in which it is named. */
export interface Dictionary {
  /** The value of Available-Dictionary. */
  readonly field: string;
  /** The part of its hash that is in the names of deltas. */
  readonly short: string;
  /** A delta that is made with it. What follows the header is no real stream: this package does not decode it. */
  readonly delta: (coding: DictionaryCoding, text: string) => Buffer;
}

export function dictionaryOf(content: string | Uint8Array): Dictionary {
  const hash = createHash('sha256').update(content).digest();
  return {
    field: `:${hash.toString('base64')}:`,
    short: hash.toString('hex').slice(0, 16),
    delta: (coding, text) => Buffer.concat([Buffer.from(MAGIC[coding]), hash, Buffer.from(text)]),
  };
}
