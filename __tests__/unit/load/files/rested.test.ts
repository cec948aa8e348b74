import { setTimeout as delay } from 'node:timers/promises';
import type { FileVersion } from '../../../../src/load/files/file-version';
import { now, Rested } from '../../../../src/load/files/rested';

const LOCAL = { isRemote: false, hasChangeTime: true };
const REMOTE = { isRemote: true, hasChangeTime: true };

/** A version that was written some seconds ago, by the clock of the file system. */
function writtenAgo(seconds: number, ctimeSeconds = seconds): FileVersion {
  const time = BigInt(Date.now()) * 1_000_000n;
  const before = (past: number): bigint => time - BigInt(past) * 1_000_000_000n;
  return { dev: 1n, ino: 1n, size: 1n, mtimeNs: before(seconds), ctimeNs: before(ctimeSeconds) };
}

test.each([
  ['three seconds ago', 3, 3, true],
  ['one second ago', 1, 1, false],
  ['long ago, and renamed one second ago', 1000, 1, false],
])('on a local disk, a file that was written %s', (_when, mtime, ctime, expected) => {
  expect(new Rested().has('/a', writtenAgo(mtime, ctime), LOCAL, now())).toBe(expected);
});

describe('on a remote disk, whose clock may be behind', () => {
  const old = writtenAgo(1000);

  test('a file counts only when it was seen unchanged for two seconds', () => {
    const rested = new Rested();
    const { clock, timer } = now();
    expect(rested.has('/a', old, REMOTE, { clock, timer })).toBe(false);
    expect(rested.has('/a', old, REMOTE, { clock, timer: timer + 1000 })).toBe(false);
    expect(rested.has('/a', old, REMOTE, { clock, timer: timer + 2100 })).toBe(true);
  });

  test('a change starts the two seconds again', async () => {
    const rested = new Rested();
    const { clock, timer } = now();
    rested.has('/a', old, REMOTE, { clock, timer });
    await delay(150);
    expect(rested.has('/a', { ...old, ctimeNs: old.ctimeNs + 1n }, REMOTE, now())).toBe(false);
    expect(
      rested.has('/a', { ...old, ctimeNs: old.ctimeNs + 1n }, REMOTE, { clock, timer: timer + 2100 }),
    ).toBe(false);
  });
});

describe('on a disk without change times', () => {
  test.each([LOCAL, REMOTE])('no file counts, because programs can set the time of a write (%j)', (kind) => {
    const rested = new Rested();
    const { clock, timer } = now();
    for (const seconds of [0, 10]) {
      const at = { clock, timer: timer + seconds * 1000 };
      expect(rested.has('/a', writtenAgo(1000), { ...kind, hasChangeTime: false }, at)).toBe(false);
    }
  });

  test('a file with a change time of its own counts', () => {
    expect(new Rested().has('/a', writtenAgo(1000, 500), { ...LOCAL, hasChangeTime: false }, now())).toBe(
      true,
    );
  });
});
