import { IoMode } from '../../../../src/load/disk/io-mode';

/** A mode for a local disk, and a clock in milliseconds that the test sets. */
function createMode(): { mode: IoMode; clock: { time: number } } {
  const clock = { time: 1 };
  return { mode: new IoMode('auto', false, () => clock.time), clock };
}

/** Moves a disk to the thread pool. */
function slowDown(mode: IoMode): void {
  mode.recordSync(200);
}

describe('with auto', () => {
  test('a remote disk uses the thread pool, however quick it is', () => {
    const mode = new IoMode('auto', true);
    mode.recordPool(0.01);
    expect(mode.usesPool).toBe(true);
  });

  test('a local disk uses the event loop', () => {
    expect(createMode().mode.usesPool).toBe(false);
  });

  test.each([
    ['one operation of 200 ms', [200]],
    ['two operations of 15 ms', [15, 15]],
    ['operations of 5 ms, one after the other', Array<number>(11).fill(5)],
  ])('%s moves a local disk to the thread pool', (_which, durations) => {
    const { mode } = createMode();
    for (const duration of durations) mode.recordSync(duration);
    expect(mode.usesPool).toBe(true);
  });

  test.each([
    ['operations of 2 ms', [2, 2, 2, 2, 2, 2, 2, 2]],
    ['one operation of 20 ms', [20]],
    ['interruptions of 10 ms between many quick operations', [10, ...Array<number>(20).fill(0.03)]],
  ])('%s leave a local disk on the event loop', (_which, durations) => {
    const { mode } = createMode();
    for (let round = 0; round < 100; round++) {
      for (const duration of durations) mode.recordSync(duration);
      for (let quick = 0; quick < 40; quick++) mode.recordSync(0.03);
    }
    expect(mode.usesPool).toBe(false);
  });

  test('a disk returns to the event loop after a while if it was quick meanwhile', () => {
    const { mode, clock } = createMode();
    slowDown(mode);
    mode.recordPool(0.5);
    clock.time += 999;
    expect(mode.usesPool).toBe(true);
    clock.time += 1;
    expect(mode.usesPool).toBe(false);
  });

  test('a disk stays in the thread pool as long as all operations are slow', () => {
    const { mode, clock } = createMode();
    slowDown(mode);
    for (let second = 0; second < 10; second++) {
      mode.recordPool(100);
      clock.time += 1000;
      expect(mode.usesPool).toBe(true);
    }
    mode.recordPool(0.5);
    clock.time += 1000;
    expect(mode.usesPool).toBe(false);
  });

  test('a disk that is slow again stays twice as long, up to a minute, until it was quick for long', () => {
    const { mode, clock } = createMode();
    const durations = [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000];
    for (const duration of durations) {
      slowDown(mode);
      clock.time += duration - 1;
      expect(mode.usesPool).toBe(true);
      clock.time += 1;
      expect(mode.usesPool).toBe(false);
    }
    clock.time += 60_000;
    slowDown(mode);
    clock.time += 1000;
    expect(mode.usesPool).toBe(false);
  });
});

test.each([
  ['sync', false],
  ['async', true],
] as const)('with %s, neither the kind of the disk nor its speed matters', (io, usesPool) => {
  for (const isRemote of [true, false]) {
    const mode = new IoMode(io, isRemote);
    slowDown(mode);
    mode.recordPool(0.01);
    expect(mode.usesPool).toBe(usesPool);
  }
});
