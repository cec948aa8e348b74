import { call } from './support/call';

const statistics = (name: string, ...parameters: readonly unknown[]) =>
  call('statistics', name, ...parameters);

describe('median', () => {
  test('of an odd number of values is the one in the middle', () => {
    expect(statistics('median', [9, 1, 5])).toBe(5);
  });

  test('of an even number of values is the mean of the two in the middle', () => {
    expect(statistics('median', [10, 1, 2, 4])).toBe(3);
  });
});

describe('spread', () => {
  // 2 P(X <= k) for X ~ B(n, 1/2): 0.06 for n = 5 and k = 0, 0.03 for n = 6 and k = 0, 0.04 for n = 9 and k = 1.
  test.each([
    [1, { median: 1, low: 1, high: 1 }],
    [5, { median: 3, low: 1, high: 5 }],
    [6, { median: 3.5, low: 1, high: 6 }],
    [8, { median: 4.5, low: 1, high: 8 }],
    [9, { median: 5, low: 2, high: 8 }],
    [20, { median: 10.5, low: 6, high: 15 }],
  ])('of %d values leaves out as many on each side as a confidence of 95 %% allows', (count, expected) => {
    const values = Array.from({ length: count }, (_, index) => count - index);
    expect(statistics('spread', values)).toEqual(expected);
  });
});

describe('differs', () => {
  test.each([
    ['all ratios above 1', [1.01, 1.02, 1.03, 1.02, 1.01], true],
    ['all ratios below 1', [0.9, 0.8, 0.99, 0.9, 0.95], true],
    ['ratios on both sides of 1', [0.99, 1.2, 1.3, 1.2, 1.3], false],
    ['one of nine ratios on the other side', [0.99, 1.2, 1.3, 1.2, 1.3, 1.1, 1.1, 1.1, 1.1], true],
    ['four ratios, which are too few', [1.5, 1.5, 1.5, 1.5], false],
  ])('%s', (_, ratios, expected) => {
    expect(statistics('differs', ratios)).toBe(expected);
  });
});

describe('disturbed', () => {
  test('a value that differs from the median by more than 15 % is disturbed', () => {
    expect(statistics('disturbed', [100, 84, 86, 114, 116])).toEqual([1, 4]);
  });

  test('a missing value is disturbed', () => {
    expect(statistics('disturbed', [100, null, 101])).toEqual([1]);
  });

  test('without any value, all are disturbed', () => {
    expect(statistics('disturbed', [null, null])).toEqual([0, 1]);
  });
});

describe('settledRounds', () => {
  test('without disturbed rounds, no round is taken again', () => {
    expect(statistics('settledRounds', [100, 101, 99], { rounds: 3 })).toEqual({
      rounds: [100, 101, 99],
      retaken: 0,
      settled: true,
    });
  });

  test('a disturbed round is taken again, in its place', () => {
    expect(statistics('settledRounds', [100, 50, 99, 60, 102], { rounds: 3 })).toEqual({
      rounds: [100, 102, 99],
      retaken: 2,
      settled: true,
    });
  });

  test('rounds that stay disturbed do not settle, after a bounded number of retakes', () => {
    const values = [100, 50, 99, 51, 52, 53, 54, 100];
    expect(statistics('settledRounds', values, { rounds: 3, retakes: 4 })).toEqual({
      rounds: [100, 54, 99],
      retaken: 4,
      settled: false,
    });
  });

  test('a round that is disturbed compared with two others need not be finished', () => {
    const values = [100, 101, 50, 60, 99];
    expect(statistics('settledRounds', values, { rounds: 3, stopsEarly: true })).toEqual({
      rounds: [100, 101, 99],
      retaken: 2,
      settled: true,
    });
  });

  test('the last attempt is finished, although it is disturbed', () => {
    const values = [100, 101, 50, 51, 52];
    expect(statistics('settledRounds', values, { rounds: 3, retakes: 2, stopsEarly: true })).toEqual({
      rounds: [100, 101, 52],
      retaken: 2,
      settled: false,
    });
  });

  test('a server that never responds does not settle', () => {
    expect(statistics('settledRounds', Array(9).fill(null), { rounds: 3 })).toMatchObject({
      retaken: 6,
      settled: false,
    });
  });
});
