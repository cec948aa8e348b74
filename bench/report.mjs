import { median } from './measure.mjs';

/** The ratio of one server to another, as the median over the rounds. */
export function ratio(rounds, name, baseline) {
  return median(rounds.map((values) => values[name] / values[baseline]));
}

/** Compares the results of a scenario with its targets. */
export function compareWithTargets({ name, targets }, rounds) {
  return Object.entries(targets).map(([baseline, minimum]) => {
    const target = `${minimum} × ${baseline}`;
    if (rounds[0][baseline] === undefined) return { name, target, result: 'not measured', met: false };
    const reached = ratio(rounds, 'ours', baseline);
    return { name, target, result: `${reached.toFixed(2)} ×`, met: reached >= minimum };
  });
}

/** A Markdown table. */
export function table(headings, rows) {
  const cells = [headings, headings.map(() => '---'), ...rows];
  return cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function targetTable(targets) {
  const rows = targets.map(({ name, target, result, met }) => [name, target, result, met ? 'yes' : '**no**']);
  return table(['', 'target', 'result', 'met'], rows);
}

/**
 * A table of the ratios to bare Node, with a row per scenario and a column per server. It has a dash where a
 * server does not support a scenario.
 */
export function ratioTable(results, servers) {
  const rows = results.map(({ scenario, rounds }) => [
    scenario.name,
    ...servers.map((name) =>
      rounds[0][name] === undefined ? '–' : formatRatio(ratio(rounds, name, 'bare')),
    ),
  ]);
  return table(['relative to bare Node', ...servers], rows);
}

function formatRatio(value) {
  return value < 0.01 ? value.toPrecision(1) : value.toFixed(2);
}

/** The report in Markdown. */
export function report({ machine, plan, ratios, targets, disks, scaling, versions }) {
  const versionSections = versions.map(
    ({ version, results }) =>
      `### ${version.replace('node-', 'Node ')}\n\n${ratioTable(results, ['bare', 'ours', 'sirv'])}\n`,
  );
  return `# Benchmark

\`npm run bench\` measured these results on a machine with ${machine}.

- The server is one process on a core of its own. The load generator runs on another core.
- A scenario has ${plan.rounds} rounds. Each round measures all servers in turn, ${plan.seconds} seconds each.
- A ratio compares two servers within a round. The tables show the median over the rounds.
- \`bare\` is \`node:http\` with the files in memory. \`ours\` is this package.

The raw results, in requests or bytes per second, are in [figures.json](figures.json).

![Throughput relative to bare Node](ratios.svg)

${ratios}

## Targets

${targets}

${diskSection(disks)}## More than one process

In the first setup, the package delegates the sending of files to nginx. In the second, the command runs two
workers. The load generator and the processes share the cores of the machine.

${scaling}

## Versions of Node

${versionSections.join('\n')}`;
}

function diskSection(disks) {
  if (disks === '') return '';
  return `## Slow disks

A FUSE file system delays each operation, or does not respond. Ten clients request 100 files of 10 KB from it.
Meanwhile the application, and a file of a directory on another disk, are requested 50 times per second each. The
latencies count requests without a response for as long as they have waited.

${disks}

`;
}

const ROW_HEIGHT = 14;
const LABEL_WIDTH = 190;
const WIDTH = 760;

/** The ratios to bare Node as a bar chart in SVG, with a light and a dark color scheme. */
export function barChart(results, servers) {
  const maximum = Math.max(
    ...results.flatMap(({ rounds }) => servers.map((name) => ratio(rounds, name, 'bare') || 0)),
  );
  const scale = (WIDTH - LABEL_WIDTH - 60) / maximum;
  let y = 20;
  const groups = results.map(({ scenario, rounds }) => {
    const heading = svgText('name', LABEL_WIDTH - 10, y + ROW_HEIGHT, scenario.name, ' text-anchor="end"');
    const bars = servers.map((name) => {
      const value = ratio(rounds, name, 'bare');
      y += ROW_HEIGHT;
      if (!Number.isFinite(value)) return '';
      const width = Math.max(1, value * scale).toFixed(1);
      const [top, height] = [y - ROW_HEIGHT + 3, ROW_HEIGHT - 3];
      const style = name === 'ours' ? 'ours' : 'other';
      const label = `${formatRatio(value)} ${name}`;
      return `<rect class="${style}" x="${LABEL_WIDTH}" y="${top}" width="${width}" height="${height}"/>
${svgText('value', LABEL_WIDTH + Number(width) + 4, y - 1, label)}`;
    });
    y += ROW_HEIGHT;
    return heading + bars.join('\n');
  });
  const viewBox = `0 0 ${WIDTH} ${y + 10}`;
  const label = 'Throughput relative to bare Node';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" role="img" aria-label="${label}">
<style>
text { font: 11px system-ui, sans-serif; fill: #222 } .name { font-weight: 600 } .value { font-size: 9px }
.ours { fill: #1a7f5a } .other { fill: #b6bcc4 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .ours { fill: #4cc38a } .other { fill: #596068 } }
</style>
${groups.join('\n')}
</svg>
`;
}

function svgText(style, x, y, text, attributes = '') {
  return `<text class="${style}" x="${x}" y="${y}"${attributes}>${escape(text)}</text>`;
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
