import type { BigIntStats } from 'node:fs';
import { stat, utimes } from 'node:fs/promises';

/** The coarsest clock of a file system in use has ticks of two seconds (FAT). */
const TICK = 2_000_000_000n;

type Time = Pick<BigIntStats, 'mtimeNs'>;

/**
 * Whether a coded file was made of what its original is now. One that is older was not; nor was one that is much
 * newer, as when an older original has been put back.
 */
export function hasTimeOf(coded: Time, original: Time): boolean {
  const later = coded.mtimeNs - original.mtimeNs;
  return later >= 0n && later <= TICK;
}

/**
 * Gives a file the time of its original, or the next that it can have: seconds as a number do not tell every
 * nanosecond, and a file that is a little older than its original is not served.
 */
export async function giveTimeOf(original: Time, filename: string): Promise<void> {
  for (const later of [0, 1e-6, 2e-6, 1, 2]) {
    const seconds = Number(original.mtimeNs) / 1e9 + later;
    await utimes(filename, seconds, seconds);
    if (hasTimeOf(await stat(filename, { bigint: true }), original)) return;
  }
}
