// npm run bench -- --compare REF: compares the working tree with another commit of this project.
import { buildCommit } from './checkout.mjs';
import { measureScenario } from './measure.mjs';
import { startServer } from './processes.mjs';
import { differs, spread } from './statistics.mjs';

/** Measures the scenarios with both, in interleaved rounds, and prints a row for each as soon as it is known. */
export async function compare(ref, scenarios, { root, certificate }, plan) {
  const { folder, commit } = buildCommit(ref);
  console.log(
    `The working tree compared with ${ref} (${commit}), ${plan.rounds} rounds of ${plan.seconds} s.`,
  );
  console.log('The intervals contain the median with a confidence of 95 % (94 % with five rounds).\n');
  printRow(['', ref, 'working tree', 'rate', 'CPU per request', 'beyond noise']);
  for (const scenario of scenarios) {
    const setup = { ...scenario, certificate: scenario.protocol && certificate };
    const servers = {
      [ref]: () => startServer('ours', root, { ...setup, packageFolder: folder }),
      'working tree': () => startServer('ours', root, setup),
    };
    printRow(row(scenario, await measureScenario(scenario, servers, plan), ref));
  }
}

const WIDTHS = [14, 14, 14, 21, 21];

function printRow(cells) {
  console.log(cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join('  '));
}

function row({ name, measure = 'rate' }, { rounds, settled }, ref) {
  const failures = rounds.flatMap((results) =>
    Object.entries(results).flatMap(([server, { failure }]) => (failure ? [`${server} ${failure}`] : [])),
  );
  if (failures.length > 0) return [name, '–', '–', '–', '–', failures[0]];
  const rates = ratios(rounds, ref, 'value');
  const times = ratios(rounds, ref, 'cpu');
  const format = measure === 'bytes' ? formatBytes : formatRate;
  const [before, after] = [ref, 'working tree'].map((server) =>
    format(spread(rounds.map((results) => results[server].value)).median),
  );
  return [
    name,
    before,
    after,
    formatInterval(rates),
    times.every(Number.isFinite) ? formatInterval(times) : '–',
    settled ? verdict(rates, times) : 'did not settle',
  ];
}

/** The value of the working tree relative to that of the commit, within each round. */
function ratios(rounds, ref, key) {
  return rounds.map((results) => results['working tree'][key] / results[ref][key]);
}

function verdict(rates, times) {
  if (rates.length < 5) return 'unknown: fewer than five rounds';
  const words = [];
  if (differs(rates)) words.push(spread(rates).median > 1 ? '**faster**' : '**slower**');
  if (differs(times)) words.push(spread(times).median < 1 ? '**less CPU**' : '**more CPU**');
  return words.join(', ') || 'no';
}

function formatInterval(values) {
  const { median, low, high } = spread(values);
  return `${median.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`;
}

function formatRate(value) {
  return `${Math.round(value).toLocaleString('en')}/s`;
}

function formatBytes(value) {
  return `${Math.round(value / 1e6).toLocaleString('en')} MB/s`;
}
