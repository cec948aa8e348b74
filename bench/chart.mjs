// The chart of the published results, in SVG. It is readable on a phone: at a width of 360 pixels, its text has
// at least 11 pixels.
import { formatMicroseconds } from './report.mjs';
import { spread } from './statistics.mjs';
import { formatRatio, ratiosOf } from './targets.mjs';

/** The servers in the chart. The tables have all. */
const SERVERS = ['ours', 'bare', 'sirv', 'serve-static', 'compression', 'bun', 'nginx', 'caddy'];

const WIDTH = 400;
const FONT_SIZE = 13;
const ROW_HEIGHT = 18;
const BARS_START = 96;
const BARS_END = 284;
const GAP = 14;

/**
 * The ratios to bare Node as bars, with a line for their interval, and the CPU time per request beside them. It has
 * a light and a dark color scheme.
 */
export function barChart(results) {
  const groups = results.map(({ title, rounds }) => ({ title, bars: barsOf(rounds) }));
  const maximum = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ high }) => high)));
  const x = (ratio) => BARS_START + (ratio / maximum) * (BARS_END - BARS_START);
  let y = ROW_HEIGHT;
  const parts = groups.map(({ title, bars }) => {
    y += GAP + ROW_HEIGHT;
    const heading = textAt('name', 4, y - 5, title);
    const rows = bars.map((bar) => drawBar(bar, (y += ROW_HEIGHT) - ROW_HEIGHT, x));
    return [heading, ...rows].join('\n');
  });
  const height = y + GAP;
  const label = 'Throughput relative to bare Node, and CPU time per request';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"
 role="img" aria-label="${label}">
<style>
text { font: ${FONT_SIZE}px system-ui, sans-serif; fill: #222 } .name { font-weight: 600 }
.ours { fill: #1a7f5a } .other { fill: #b6bcc4 } .spread { stroke: #222; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd } .ours { fill: #4cc38a } .other { fill: #596068 } .spread { stroke: #ddd }
}
</style>
${[columns(ROW_HEIGHT - 5, '× bare', 'CPU'), ...parts].join('\n')}
</svg>
`;
}

function barsOf(rounds) {
  return SERVERS.flatMap((name) => {
    const ratios = ratiosOf(rounds, name, 'bare');
    if (ratios === undefined) return [];
    const times = rounds.map((results) => results[name].cpu).filter(Number.isFinite);
    return [{ name, ...spread(ratios), cpu: times.length === 0 ? '' : formatTime(spread(times).median) }];
  });
}

function drawBar({ name, median, low, high, cpu }, top, x) {
  const middle = top + ROW_HEIGHT / 2;
  const baseline = top + ROW_HEIGHT - 5;
  const style = name === 'ours' ? 'ours' : 'other';
  const width = Math.max(1, x(median) - BARS_START).toFixed(1);
  return [
    textAt('label', BARS_START - 6, baseline, name, ' text-anchor="end"'),
    `<rect class="${style}" x="${BARS_START}" y="${top + 2}" width="${width}" height="${ROW_HEIGHT - 4}"/>`,
    `<path class="spread" d="M${x(low).toFixed(1)} ${middle}H${x(high).toFixed(1)}"/>`,
    columns(baseline, formatRatio(median), cpu),
  ].join('\n');
}

/** The columns at the right of the bars: the ratio and the CPU time. */
function columns(y, ratio, time) {
  const attributes = ' text-anchor="end"';
  return `${textAt('value', 324, y, ratio, attributes)}${textAt('value', WIDTH - 4, y, time, attributes)}`;
}

function formatTime(microseconds) {
  return microseconds < 1000
    ? `${formatMicroseconds(microseconds)} µs`
    : `${formatMicroseconds(microseconds / 1000)} ms`;
}

function textAt(style, x, y, text, attributes = '') {
  return `<text class="${style}" x="${x}" y="${y}"${attributes}>${escape(text)}</text>`;
}

function escape(text) {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
