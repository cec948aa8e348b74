import fc from 'fast-check';
import { memoize } from '../../../src/util/memoize';

test('a result is computed once, also if it is null', () => {
  const compute = jest.fn((key: string) => (key === 'none' ? null : { key }));
  const memoized = memoize(compute);
  expect(memoized('a')).toBe(memoized('a'));
  expect(memoized('none')).toBe(memoized('none'));
  expect(compute).toHaveBeenCalledTimes(2);
});

test('of hundreds of keys, or long ones, not all results are kept', () => {
  const compute = jest.fn((key: string) => key);
  const memoized = memoize(compute);
  for (let index = 0; index < 251; index++) memoized(String(index));
  memoized('0');
  expect(compute).toHaveBeenCalledTimes(252);
  for (let round = 0; round < 2; round++) memoized('x'.repeat(201));
  expect(compute).toHaveBeenCalledTimes(254);
});

test('the results are those of the function', () => {
  const memoized = memoize((key) => key.length);
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (key) => {
      expect(memoized(key)).toBe(key.length);
      expect(memoized(key)).toBe(key.length);
    }),
  );
});
