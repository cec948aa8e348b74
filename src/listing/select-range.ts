import { setImmediate } from 'node:timers/promises';

/** How many items are compared with a pivot, or sorted, in one turn of the event loop. */
const SLICE = 500;

/**
 * Returns the items from rank `start` to rank `end` (not included) of an order, without sorting the others:
 * quickselect. It returns to the event loop between slices, because comparing names takes about a microsecond.
 *
 * @param compare a total order, in which no two of the items are equal
 * @param signal stops the work
 */
export async function selectRange<T>(
  items: readonly T[],
  start: number,
  end: number,
  compare: (one: T, other: T) => number,
  signal: AbortSignal,
): Promise<T[]> {
  await nextTurn(signal);
  const pivot = items[Math.floor(Math.random() * items.length)];
  if (pivot === undefined || items.length <= SLICE) return [...items].sort(compare).slice(start, end);

  const [before, after]: [T[], T[]] = [[], []];
  for (let index = 0; index < items.length; index += SLICE) {
    await nextTurn(signal);
    for (const item of items.slice(index, index + SLICE)) {
      const order = compare(item, pivot);
      if (order !== 0) (order < 0 ? before : after).push(item);
    }
  }

  const rank = before.length;
  const lower = start < rank ? await selectRange(before, start, Math.min(end, rank), compare, signal) : [];
  const middle = start <= rank && rank < end ? [pivot] : [];
  if (end <= rank + 1) return [...lower, ...middle];
  const upper = await selectRange(after, Math.max(start - rank - 1, 0), end - rank - 1, compare, signal);
  return [...lower, ...middle, ...upper];
}

async function nextTurn(signal: AbortSignal): Promise<void> {
  await setImmediate();
  signal.throwIfAborted();
}
