import { selectRange } from '../../../src/listing/select-range';

const { signal } = new AbortController();

/** The numbers below `length` in a fixed order that is not sorted. 7919 is prime. */
function shuffled(length: number): number[] {
  return Array.from({ length }, (_, index) => (index * 7919) % length);
}

function byValue(one: number, other: number): number {
  return one - other;
}

test.each([0, 1, 2, 499, 500, 501, 1000, 5000])(
  'the ranges of %d items are those of the sorted items',
  async (length) => {
    const items = shuffled(length);
    const sorted = [...items].sort(byValue);
    for (const [start, end] of [
      [0, 1000],
      [1000, 2000],
      [4000, 5000],
      [4999, 6000],
      [0, 1],
      [17, 18],
      [0, length],
      [length, length + 1000],
    ] as const)
      expect(await selectRange(items, start, end, byValue, signal)).toEqual(sorted.slice(start, end));
    expect(items).toEqual(shuffled(length));
  },
);

test.each(['ascending', 'descending'])('items that are %s are no special case', async (order) => {
  const items = shuffled(5000).sort((one, other) => (order === 'ascending' ? one - other : other - one));
  const expected = Array.from({ length: 1000 }, (_, index) => 2000 + index);
  expect(await selectRange(items, 2000, 3000, byValue, signal)).toEqual(expected);
});

test('the event loop continues between slices of some thousand comparisons', async () => {
  let [comparisons, most] = [0, 0];
  let isDone = false;
  const turn = (): void => {
    most = Math.max(most, comparisons);
    comparisons = 0;
    if (!isDone) setImmediate(turn);
  };
  turn();
  const counting = (one: number, other: number): number => {
    comparisons += 1;
    return one - other;
  };
  expect(await selectRange(shuffled(20_000), 9000, 10_000, counting, signal)).toHaveLength(1000);
  isDone = true;
  // Sorting 500 items takes some 4,000 comparisons.
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(10_000);
});

test('an abort stops the work', async () => {
  const controller = new AbortController();
  let comparisons = 0;
  const counting = (one: number, other: number): number => {
    if ((comparisons += 1) === 1000) controller.abort();
    return one - other;
  };
  const selecting = selectRange(shuffled(20_000), 0, 1000, counting, controller.signal);
  await expect(selecting).rejects.toMatchObject({ name: 'AbortError' });
  expect(comparisons).toBe(1000);
});
