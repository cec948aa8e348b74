/** A word of up to eight letters may have two typing errors, a longer one as many as a third of its letters. */
const MIN_ERRORS = 2;

/**
 * Finds the candidate that a misspelled word probably stands for.
 *
 * @returns the candidate with the fewest typing errors, or null if that one has too many
 */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let fewest = Math.max(MIN_ERRORS, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const errors = distance(word, candidate);
    if (errors < fewest) [best, fewest] = [candidate, errors];
  }
  return best;
}

/**
 * The Levenshtein distance: how many letters must be inserted, deleted or replaced. A row holds the distances
 * between the start of one word and all starts of the other.
 */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, length) => length);
  for (const [index, letter] of Array.from(one).entries()) {
    let diagonal = index;
    let left = index + 1;
    const rest = row.slice(1).map((above, column) => {
      left = Math.min(left + 1, above + 1, diagonal + Number(letter !== other.charAt(column)));
      diagonal = above;
      return left;
    });
    row = [index + 1, ...rest];
  }
  return Number(row.at(-1));
}
