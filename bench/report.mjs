import { median } from './measure.mjs';

/** The median over the rounds of how one server did against another. */
export function ratio(rounds, name, against) {
  return median(rounds.map((figures) => figures[name] / figures[against]));
}

/** Bars and what was reached, a line each. */
export function barLines({ name, bars }, rounds) {
  return Object.entries(bars).map(([against, bar]) => {
    if (rounds[0][against] === undefined)
      return { name, bar: `${bar} × ${against}`, reached: 'not measured', holds: false };
    const reached = ratio(rounds, 'ours', against);
    return { name, bar: `${bar} × ${against}`, reached: `${reached.toFixed(2)} ×`, holds: reached >= bar };
  });
}

/** A table in Markdown. */
export function table(headings, rows) {
  const cells = [headings, headings.map(() => '---'), ...rows];
  return cells.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Ratios to bare, a row a scenario, a column a server; a dash for a server that does not do it. */
export function ratioTable(results, servers) {
  const rows = results.map(({ scenario, rounds }) => [
    scenario.name,
    ...servers.map((name) => (rounds[0][name] === undefined ? '–' : shown(ratio(rounds, name, 'bare')))),
  ]);
  return table(['relative to bare Node', ...servers], rows);
}

function shown(value) {
  return value < 0.01 ? value.toPrecision(1) : value.toFixed(2);
}

const ROW = 14;
const LABEL = 190;
const WIDTH = 760;

/** The same as a picture: bars in groups, readable on light and dark. */
export function picture(results, servers) {
  const most = Math.max(
    ...results.flatMap(({ rounds }) => servers.map((name) => ratio(rounds, name, 'bare') || 0)),
  );
  const scale = (WIDTH - LABEL - 60) / most;
  let y = 20;
  const groups = results.map(({ scenario, rounds }) => {
    const heading = `<text class="name" x="${LABEL - 10}" y="${y + ROW}" text-anchor="end">${escape(scenario.name)}</text>`;
    const bars = servers.map((name) => {
      const value = ratio(rounds, name, 'bare');
      y += ROW;
      if (!Number.isFinite(value)) return '';
      const width = Math.max(1, value * scale).toFixed(1);
      return `<rect class="${name === 'ours' ? 'ours' : 'peer'}" x="${LABEL}" y="${y - ROW + 3}" width="${width}" height="${ROW - 3}"/>
<text class="value" x="${LABEL + Number(width) + 4}" y="${y - 1}">${shown(value)} ${escape(name)}</text>`;
    });
    y += ROW;
    return heading + bars.join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y + 10}" role="img" aria-label="Throughput relative to bare Node">
<style>
text { font: 11px system-ui, sans-serif; fill: #222 } .name { font-weight: 600 } .value { font-size: 9px }
.ours { fill: #1a7f5a } .peer { fill: #b6bcc4 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .ours { fill: #4cc38a } .peer { fill: #596068 } }
</style>
${groups.join('\n')}
</svg>
`;
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
