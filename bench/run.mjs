// npm run bench [-- --quick] [-- --only '1 KB,304']: the peers side by side, and which bars hold.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './set-up.mjs';

const here = import.meta.dirname;
const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });

setUp();
const { makeFixtures } = await import('./fixtures.mjs');
const { depth, latencyBesideLargeFiles, manyFiles, measureScenario, median, stalledClients } =
  await import('./measure.mjs');
const { has } = await import('./processes.mjs');
const { barLines, picture, ratioTable, table } = await import('./report.mjs');
const { peers, scenarios, versionScenarios } = await import('./scenarios.mjs');

const plan = values.quick
  ? { rounds: 1, seconds: 1, warmUp: 1, deep: 10_000 }
  : { rounds: 3, seconds: 2, warmUp: 1, deep: 100_000 };
const servers = peers.filter((name) => {
  const needs = { nginx: 'nginx', werkzeug: 'gunicorn' }[name];
  const there = needs === undefined || has(needs);
  if (!there) console.log(`${name} is left out: ${needs} is not installed`);
  return there;
});
const wanted = values.only?.split(',');
const isWanted = (name) => wanted === undefined || wanted.includes(name);

const fixtures = makeFixtures();
const bars = [];
const results = [];

for (const scenario of scenarios.filter(
  ({ name, bars }) => isWanted(name) && !(values.quick && isEmpty(bars)),
)) {
  const needed = values.quick ? ['bare', 'ours', ...Object.keys(scenario.bars)] : servers;
  const rounds = await measureScenario(
    scenario,
    servers.filter((name) => needed.includes(name)),
    fixtures.root,
    plan,
  );
  results.push({ scenario, rounds });
  bars.push(...barLines(scenario, rounds));
  console.log(ratioTable([{ scenario, rounds }], servers).split('\n').at(-1));
}

if (isWanted('latency')) {
  const waits = [];
  for (let round = 0; round < plan.rounds; round++) {
    const [ours, sirv] = [
      await latencyBesideLargeFiles('ours', fixtures.root, plan),
      await latencyBesideLargeFiles('sirv', fixtures.root, plan),
    ];
    waits.push({ ours, sirv });
  }
  const [ours, sirv] = [median(waits.map((wait) => wait.ours)), median(waits.map((wait) => wait.sirv))];
  bars.push({
    name: '1 KB beside 8 clients on 100 MB, p99',
    bar: `at most sirv's ${sirv.toFixed(1)} ms`,
    reached: `${ours.toFixed(1)} ms`,
    holds: ours <= sirv,
  });
}
if (isWanted('depth')) {
  const rounds = await depth(fixtures, plan);
  const reached = median(rounds.map(({ alone, deep }) => deep / alone));
  bars.push({
    name: `among ${plan.deep.toLocaleString('en')} files, 8 folders deep`,
    bar: '0.95 × alone',
    reached: `${reached.toFixed(2)} ×`,
    holds: reached >= 0.95,
  });
}
if (isWanted('stalled')) {
  const { perClient, left } = await stalledClients('ours', fixtures.root);
  bars.push({
    name: '500 clients stalled on 100 MB',
    bar: 'at most 128 KiB each',
    reached: `${(perClient / 1024).toFixed(0)} KiB`,
    holds: perClient <= 128 * 1024,
  });
  bars.push({
    name: 'descriptors left 3 s after they vanish',
    bar: '0',
    reached: String(left),
    holds: left === 0,
  });
}
if (isWanted('memory')) {
  const gained = await manyFiles(fixtures);
  bars.push({
    name: '10,000 files of 100 KB, each once',
    bar: 'at most 96 MiB',
    reached: `${(gained / 1024 ** 2).toFixed(0)} MiB`,
    holds: gained <= 96 * 1024 ** 2,
  });
}

const scaling = [];
if (isWanted('hand-off') && !values.quick && has('nginx')) {
  const { handOff } = await import('./scaling.mjs');
  for (const [who, bytes] of Object.entries(await handOff(fixtures.root, plan)))
    scaling.push([`100 MB, 4 clients: ${who}`, `${Math.round(bytes / 1e6)} MB/s`]);
}
if (isWanted('workers') && !values.quick) {
  const { workers } = await import('./scaling.mjs');
  for (const [count, rate] of Object.entries(await workers(fixtures.root, plan)))
    scaling.push([
      `1 KB: ${count} ${count === '1' ? 'process' : 'processes'}`,
      `${Math.round(rate)} requests/s`,
    ]);
}

if (isWanted('parsing')) {
  const { measureParsing, MOST } = await import('./parsing.mjs');
  for (const { name, milliseconds } of measureParsing(median)) {
    bars.push({
      name: `16 KB: ${name}`,
      bar: `at most ${MOST} ms`,
      reached: `${milliseconds.toFixed(2)} ms`,
      holds: milliseconds <= MOST,
    });
  }
}

const versions = values.quick || wanted !== undefined ? [] : await measureVersions();
const ratios = results.length === 0 ? '' : ratioTable(results, servers.filter(isMeasured));
const barTable = table(
  ['', 'bar', 'reached', 'holds'],
  bars.map(({ name, bar, reached, holds }) => [name, bar, reached, holds ? 'yes' : '**no**']),
);
const scalingTable = scaling.length === 0 ? '' : table(['', 'reached'], scaling);
console.log(`\n${ratios}\n\n${barTable}\n\n${scalingTable}\n`);
console.log(`${bars.filter(({ holds }) => holds).length} of ${bars.length} bars hold`);
if (!values.quick && wanted === undefined) writeReport();
process.exit(0);

function isMeasured(name) {
  return results.some(({ rounds }) => rounds[0][name] !== undefined);
}

function isEmpty(object) {
  return Object.keys(object).length === 0;
}

/** The versions of Node, each against its own bare. */
async function measureVersions() {
  const found = [];
  for (const version of ['node-22', 'node-24']) {
    const node = join(here, 'node_modules', version, 'bin/node');
    if (!existsSync(node)) {
      console.log(`${version} is left out: it is not installed on this kind of machine`);
      continue;
    }
    const chosen = scenarios.filter(({ name }) => versionScenarios.includes(name));
    const measured = [];
    for (const scenario of chosen) {
      measured.push({
        scenario,
        rounds: await measureScenario(scenario, ['bare', 'ours', 'sirv'], fixtures.root, {
          ...plan,
          rounds: 1,
          node,
        }),
      });
    }
    found.push({ version, results: measured });
  }
  return found;
}

function writeReport() {
  const folder = join(here, '../docs/benchmarks');
  mkdirSync(folder, { recursive: true });
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB of memory, ${process.platform}, Node ${process.version}`;
  writeFileSync(join(folder, 'ratios.svg'), picture(results, servers));
  writeFileSync(
    join(folder, 'figures.json'),
    `${JSON.stringify({ machine, date: new Date().toISOString().slice(0, 10), plan, results: results.map(({ scenario, rounds }) => ({ scenario: scenario.name, measure: scenario.measure ?? 'rate', rounds })), bars, scaling, versions: versions.map(({ version, results: measured }) => ({ version, results: measured.map(({ scenario, rounds }) => ({ scenario: scenario.name, rounds })) })) }, null, 1)}\n`,
  );
  writeFileSync(
    join(folder, 'README.md'),
    `# Benchmark\n\nTaken by \`npm run bench\` on a machine with ${machine}: every server in a process of its own on one core, the load\ngenerator on another, all servers in turn within each of ${plan.rounds} rounds of ${plan.seconds} seconds; medians of the ratios within a round.\nThe raw figures, in requests or bytes a second, are in [figures.json](figures.json).\n\n![Throughput relative to bare Node](ratios.svg)\n\n${ratios}\n\n## Bars\n\n${barTable}\n\n## More than one process\n\nA proxy that sends what it is told to, and a second process on a core that the load generator needs too:\n\n${scalingTable}\n\n## Versions of Node\n\n${versions.map(({ version, results: measured }) => `### ${version.replace('node-', 'Node ')}\n\n${ratioTable(measured, ['bare', 'ours', 'sirv'])}\n`).join('\n')}`,
  );
}
