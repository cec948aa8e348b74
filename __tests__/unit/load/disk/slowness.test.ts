import { Slowness } from '../../../../src/load/disk/slowness';

const LIMITS = { slow: 1, maxExcess: 5, forgiven: 0.5 };

/** Whether the last of these operations is the one with which they count as slow. */
function becomesSlow(...durations: readonly number[]): boolean {
  const slowness = new Slowness(LIMITS);
  return durations.map((duration) => slowness.record(duration)).indexOf(true) === durations.length - 1;
}

test.each([
  ['one that takes longer than all may together', [6.1]],
  ['two, one after the other', [4, 4]],
  ['several with few quick ones between them', [3, 0.1, 3, 0.1, 3, 0.1, 3]],
])('operations become slow with %s', (_which, durations) => {
  expect(becomesSlow(...durations)).toBe(true);
});

test.each([
  ['quick ones', Array<number>(100).fill(1)],
  ['a single slow one', [6]],
  ['slow ones with many quick ones between them', [5, ...Array<number>(8).fill(0.1), 5]],
])('operations do not become slow with %s', (_which, durations) => {
  const slowness = new Slowness(LIMITS);
  expect(durations.some((duration) => slowness.record(duration))).toBe(false);
});

test('many quick operations do not allow a longer interruption', () => {
  expect(becomesSlow(...Array<number>(1000).fill(0.1), 6.1)).toBe(true);
});

test('after operations were slow, they count from the start', () => {
  const slowness = new Slowness(LIMITS);
  expect([7, 5, 2].map((duration) => slowness.record(duration))).toEqual([true, false, false]);
});
