// The published documents, made of the figures: the same object as in `figures.json`.
import { spread } from './statistics.mjs';
import { formatRatio, formatRatios, ratiosOf } from './targets.mjs';

/** A Markdown table. */
export function table(headings, rows) {
  const cells = [headings, headings.map(() => '---'), ...rows];
  return cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function targetTable(targets) {
  const rows = targets.map(({ name, target, result, met }) => [
    name,
    target,
    result,
    met ? 'holds' : '**missed**',
  ]);
  return table(['', 'target', 'result', ''], rows);
}

/** The servers that were measured in a scenario or failed in one, in the order of the first results. */
export function serversIn(results) {
  return [...new Set(results.flatMap(({ rounds }) => rounds.flatMap((round) => Object.keys(round))))];
}

/**
 * A table of the ratios to bare Node, with a row per scenario that it was measured in, and a column per server. It
 * has a dash where a server was not measured.
 */
export function ratioTable(allResults) {
  const results = allResults.filter(({ rounds }) => ratiosOf(rounds, 'bare', 'bare') !== undefined);
  const servers = serversIn(results);
  const rows = results.map(({ title, rounds }) => [
    title,
    ...servers.map((name) => formatMedian(ratiosOf(rounds, name, 'bare'), formatRatio)),
  ]);
  return table(['relative to bare Node', ...servers], rows);
}

/** A table of the CPU time per request in microseconds. */
export function cpuTable(results) {
  const servers = serversIn(results);
  const rows = results.map(({ title, rounds }) => [
    title,
    ...servers.map((name) => formatMedian(valuesOf(rounds, name, 'cpu'), formatMicroseconds)),
  ]);
  return table(['µs per request', ...servers], rows);
}

/** A table of one result: the ratio to bare Node and the CPU time per request, with a row per server. */
export function resultTable({ rounds }) {
  const rows = serversIn([{ rounds }]).map((name) => {
    const ratios = ratiosOf(rounds, name, 'bare');
    const times = valuesOf(rounds, name, 'cpu');
    return [name, ratios === undefined ? '–' : formatRatios(ratios), formatMedian(times, formatMicroseconds)];
  });
  return table(['', 'relative to bare Node', 'CPU µs per request'], rows);
}

/** A table of the results of the package with their intervals. */
export function spreadTable(results) {
  const rows = results.map(({ title, measure, rounds }) => {
    const rates = valuesOf(rounds, 'ours', 'value');
    const ratios = ratiosOf(rounds, 'ours', 'bare');
    const times = ratiosOf(rounds, 'ours', 'bare', 'cpu');
    const rate = measure === 'bytes' ? (value) => `${formatNumber(value / 1e6)} MB/s` : formatNumber;
    return [
      title,
      formatMedian(rates, rate),
      ratios === undefined ? '–' : formatRatios(ratios),
      times === undefined ? '–' : formatRatios(times),
    ];
  });
  return table(['', 'per second', 'rate relative to bare Node', 'CPU time relative to bare Node'], rows);
}

/** One line for each server that failed in a scenario, with the reason. */
export function failureList(results) {
  const lines = results.flatMap(({ title, rounds }) =>
    serversIn([{ rounds }]).flatMap((name) => {
      const failure = rounds.map((round) => round[name]?.failure).find((reason) => reason !== undefined);
      return failure === undefined ? [] : [`- ${title}: ${name} ${failure}`];
    }),
  );
  return lines.join('\n');
}

function valuesOf(rounds, name, key) {
  const values = rounds.map((results) => results[name]?.[key]);
  return values.every(Number.isFinite) ? values : undefined;
}

function formatMedian(values, format) {
  return values === undefined ? '–' : format(spread(values).median);
}

export function formatMicroseconds(value) {
  return value < 99.5 ? value.toPrecision(2) : formatNumber(value);
}

function formatNumber(value) {
  return Math.round(value).toLocaleString('en');
}

/** The report in Markdown. */
export function report({ machine, plan, results, targets, disks, scaling, versions }) {
  return `# Benchmark

\`npm run bench\` measured these results on a machine with ${machine}.

- The server is one process on a core of its own. The load generator runs on another core.
- A scenario has ${plan.rounds} rounds. Each round measures all servers in turn, ${plan.seconds} seconds each. A round in
  which bare Node differed by more than 15 % from its median was measured again.
- A ratio compares two servers within a round. The tables show the median over the rounds. In parentheses is the interval
  that contains the median with a confidence of at least 94 %.
- The CPU time is that of the server and its child processes, in user mode and in the kernel.
- \`bare\` is \`node:http\` with the files in memory. \`ours\` is this package. \`compression\` is \`compression\` in front of
  serve-static.

The raw results are in [figures.json](figures.json): requests or bytes per second, and microseconds per request.

![Throughput relative to bare Node](ratios.svg)

## Rate

${ratioTable(results)}

A dash means that a server was not measured, or failed:

${failureList(results)}

## CPU time

${cpuTable(results)}

## This package

${spreadTable(results)}

## Targets

${targetTable(targets)}

${diskSection(disks)}## More than one process

In the first setup, the package delegates the sending of files to nginx. In the second, the command runs two
workers. The load generator and the processes share the cores of the machine.

${table(['', 'result'], scaling)}

${versionsSection(versions)}`;
}

function versionsSection(versions) {
  if (versions.length === 0) return 'Other versions of Node were not measured in this run.\n';
  return `## Versions of Node

${versions.map(versionSection).join('\n')}`;
}

function diskSection(disks) {
  if (disks === undefined) return '';
  return `## Slow disks

A FUSE file system delays each operation, or does not respond. Ten clients request 100 files of 10 KB from it.
Meanwhile the application, and a file of a directory on another disk, are requested 50 times per second each. The
latencies count requests without a response for as long as they have waited.

${disks}

`;
}

function versionSection({ version, results }) {
  return `### Node ${version}

${ratioTable(results)}

${cpuTable(results)}
`;
}
