/** The largest difference from the median, relative to it, with which a round counts as undisturbed. */
export const TOLERANCE = 0.15;

export function median(values) {
  const sorted = sort(values);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median with its confidence interval of at least 95 %: `low` and `high`. The interval is between two
 * order statistics, so that nothing is assumed about the distribution. Up to five values, it is from the
 * smallest to the largest, with a confidence of 94 % for five values and less for fewer.
 */
export function spread(values) {
  const sorted = sort(values);
  const outside = valuesOutside(sorted.length);
  return { median: median(sorted), low: sorted[outside], high: sorted[sorted.length - 1 - outside] };
}

/** Whether a ratio differs from 1 beyond noise: its interval does not contain 1. Needs five values. */
export function differs(ratios) {
  const { low, high } = spread(ratios);
  return ratios.length >= 5 && (low > 1 || high < 1);
}

/** The indexes of the values that are missing or differ from the median by more than the tolerance. */
export function disturbed(values, tolerance = TOLERANCE) {
  const center = median(values.filter(Number.isFinite));
  const isUndisturbed = (value) => Math.abs(value - center) <= tolerance * center;
  return values.flatMap((value, index) => (isUndisturbed(value) ? [] : [index]));
}

/**
 * Measures rounds until none is disturbed. A disturbed round is one whose value (`valueOf(round)`) differs from
 * the median by more than the tolerance. It is measured again, at most `retakes` times in total.
 *
 * `measureRound` gets the number of the attempt, and a function that tells whether a value is disturbed compared
 * with the other rounds. If so, it may resolve with undefined instead of measuring the rest of the round.
 *
 * Resolves with the rounds, the number of rounds taken again, and whether the rounds have settled.
 */
export async function settledRounds(measureRound, valueOf, { rounds: count, retakes = 2 * count }) {
  const rounds = [];
  let attempts = 0;
  let retaken = 0;
  async function measure(index) {
    const others = rounds.filter((_, other) => other !== index).map(valueOf);
    for (;;) {
      const canStop = others.length >= 2 && retaken < retakes;
      const round = await measureRound(
        attempts++,
        (value) => canStop && disturbed([...others, value]).includes(others.length),
      );
      if (round !== undefined) return round;
      retaken += 1;
    }
  }
  for (let index = 0; index < count; index++) rounds.push(await measure(index));
  for (;;) {
    const [index] = disturbed(rounds.map(valueOf));
    if (index === undefined || retaken === retakes) return { rounds, retaken, settled: index === undefined };
    retaken += 1;
    rounds[index] = await measure(index);
  }
}

/** How many values on each side are outside of the interval: the most with a confidence of at least 95 %. */
function valuesOutside(count) {
  // The probability that at most k of `count` values are below the median, each with probability 1/2.
  let probability = 0.5 ** count;
  let term = probability;
  let outside = 0;
  for (let k = 1; ; k++) {
    term *= (count - k + 1) / k;
    probability += term;
    if (2 * probability > 0.05) return outside;
    outside = k;
  }
}

function sort(values) {
  return [...values].sort((a, b) => a - b);
}
