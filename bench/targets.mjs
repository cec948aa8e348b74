// The targets of the package, as data, and how they are compared with what was measured.
import { spread } from './statistics.mjs';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The minimum ratios to other servers, by the name of the scenario: medians over the rounds. */
export const RATIOS = {
  '1 KB': { bare: 1.1, sirv: 4.5, bun: 1.1, nginx: 0.75 },
  '10 KB': { bare: 0.95 },
  Zipf: { bare: 0.8, sirv: 3.5 },
  'Zipf immutable': { bare: 1 },
  '100 KB': { bare: 0.97 },
  'compress 1 KB': { 'ours-uncompressed': 0.85 },
  'compress 10 KB': { 'ours-uncompressed': 0.85 },
  'compress 100 KB': { 'ours-uncompressed': 0.85, compression: 20 },
  'compress 1 MB': { 'ours-uncompressed': 0.85 },
  '1 MB': { bare: 0.97, nginx: 1.3, bun: 2 },
  '100 MB': { nginx: 1.1, sirv: 1.8, bun: 1 },
  304: { bare: 0.95 },
  206: { bare: 0.8, sirv: 1.9, bun: 1 },
  'own answer': { bare: 0.92 },
  exports: { bare: 0.85 },
  'h2 1 KB': { bare: 0.9 },
  'h2 1 MB': { bare: 0.9 },
};

/** The limits of the other measurements. */
export const LIMITS = {
  /** 1 KB deep among many files, relative to 1 KB among few. */
  depth: 0.95,
  bytesPerStalledClient: 80 * KIB,
  openDescriptors: 0,
  memoryGrowth: 96 * MIB,
  /** The time to parse one input of 16 KB, in milliseconds. */
  parsing: 1,
};

/** The versions of Node that are measured, besides that of the run. */
export const NODE_VERSIONS = ['20', '22', '24', '26'];

/** The one of them with which all ratios are measured, and compared with the targets as well. */
export const OTHER_VERSION = '24';

/** The scenarios that are measured with the others. */
export const SAMPLE = ['1 KB', '100 KB', '304', '206'];

/** Compares the results of a scenario with its targets. */
export function ratioTargets({ name, title = name }, rounds) {
  return Object.entries(RATIOS[name] ?? {}).map(([baseline, minimum]) => {
    const target = `${minimum.toFixed(2)} × ${baseline}`;
    const ratios = ratiosOf(rounds, 'ours', baseline);
    return ratios === undefined
      ? { name: title, target, result: 'not measured', met: false }
      : { name: title, target, result: formatRatios(ratios), met: spread(ratios).median >= minimum };
  });
}

/**
 * The ratios of one server to another, one for each round, or undefined if one of them was not measured in one
 * of the rounds.
 */
export function ratiosOf(rounds, name, baseline, key = 'value') {
  const ratios = rounds.map((results) => results[name]?.[key] / results[baseline]?.[key]);
  return ratios.length > 0 && ratios.every(Number.isFinite) ? ratios : undefined;
}

/** Compares measured values with a limit, which the median must not exceed. */
export function limitTarget(name, values, limit, format, target = `at most ${format(limit)}`) {
  const { median, low, high } = spread(values);
  return { name, target, result: withInterval(median, low, high, format), met: median <= limit };
}

export function formatRatios(ratios) {
  const { median, low, high } = spread(ratios);
  return withInterval(median, low, high, formatRatio, ' ×');
}

export function formatRatio(value) {
  return value < 0.01 ? value.toPrecision(1) : value.toFixed(2);
}

/** One value has no interval. */
function withInterval(median, low, high, format, unit = '') {
  if (low === high) return `${format(median)}${unit}`;
  return `${format(median)}${unit} (${format(low)}–${format(high)})`;
}

export function formatKiB(bytes) {
  return `${(bytes / KIB).toFixed(0)} KiB`;
}

export function formatMiB(bytes) {
  return `${(bytes / MIB).toFixed(0)} MiB`;
}

export function formatMilliseconds(value) {
  return `${value.toFixed(value < 1 ? 2 : 1)} ms`;
}
