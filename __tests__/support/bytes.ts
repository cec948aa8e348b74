/** What is wrong with the bytes that were received, or null if they are those that were expected. */
export function differenceOf(actual: Buffer, expected: Buffer): string | null {
  if (actual.equals(expected)) return null;
  const length = Math.min(actual.length, expected.length);
  let position = 0;
  while (position < length && actual[position] === expected[position]) position += 1;
  return `got ${actual.length} bytes instead of ${expected.length}, equal up to position ${position}`;
}
