// npm run bench [-- --quick] [-- --only '1 KB,304']: compares the package with other servers and with its
// targets.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { setUp } from './set-up.mjs';

const here = import.meta.dirname;
const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });

// The other modules import what this installs and builds.
setUp();
const { makeFixtures } = await import('./fixtures.mjs');
const {
  measureDeepTree,
  measureLatencyUnderDownloads,
  measureManyFiles,
  measureScenario,
  measureStalledClients,
  median,
} = await import('./measure.mjs');
const { has } = await import('./processes.mjs');
const { barChart, compareWithTargets, ratioTable, report, table, targetTable } = await import('./report.mjs');
const { allServers, scenarios, versionScenarios } = await import('./scenarios.mjs');

const plan = values.quick
  ? { rounds: 1, seconds: 1, warmUp: 1, deepTreeFiles: 10_000, diskSeconds: 3, hangSeconds: 3 }
  : { rounds: 3, seconds: 2, warmUp: 1, deepTreeFiles: 100_000, diskSeconds: 10, hangSeconds: 30 };
const servers = allServers.filter((name) => {
  const program = { nginx: 'nginx', werkzeug: 'gunicorn' }[name];
  const isAvailable = program === undefined || has(program);
  if (!isAvailable) console.log(`Skipping ${name}: ${program} is not installed.`);
  return isAvailable;
});
const selection = values.only?.split(',');
const isSelected = (name) => selection === undefined || selection.includes(name);

const fixtures = makeFixtures();
const targets = [];
const results = [];

for (const scenario of scenarios.filter(
  ({ name, targets }) => isSelected(name) && !(values.quick && isEmpty(targets)),
)) {
  const included = values.quick ? ['bare', 'ours', ...Object.keys(scenario.targets)] : servers;
  const rounds = await measureScenario(
    scenario,
    servers.filter((name) => included.includes(name)),
    fixtures.root,
    plan,
  );
  results.push({ scenario, rounds });
  targets.push(...compareWithTargets(scenario, rounds));
  console.log(ratioTable([{ scenario, rounds }], servers).split('\n').at(-1));
}

if (isSelected('latency')) {
  const latencies = [];
  for (let round = 0; round < plan.rounds; round++) {
    latencies.push({
      ours: await measureLatencyUnderDownloads('ours', fixtures.root, plan),
      sirv: await measureLatencyUnderDownloads('sirv', fixtures.root, plan),
    });
  }
  const ours = median(latencies.map((latency) => latency.ours));
  const sirv = median(latencies.map((latency) => latency.sirv));
  targets.push({
    name: '1 KB while 8 clients download 100 MB, p99',
    target: `at most sirv's ${sirv.toFixed(1)} ms`,
    result: `${ours.toFixed(1)} ms`,
    met: ours <= sirv,
  });
}
if (isSelected('depth')) {
  const rounds = await measureDeepTree(fixtures, plan);
  const reached = median(rounds.map(({ shallow, deep }) => deep / shallow));
  targets.push({
    name: `1 KB among ${plan.deepTreeFiles.toLocaleString('en')} files, 8 folders deep`,
    target: '0.95 × among few files',
    result: `${reached.toFixed(2)} ×`,
    met: reached >= 0.95,
  });
}
if (isSelected('stalled')) {
  const { bytesPerClient, openDescriptors } = await measureStalledClients('ours', fixtures.root);
  targets.push({
    name: 'memory per client, 500 clients stalled on 100 MB',
    target: 'at most 128 KiB',
    result: `${(bytesPerClient / 1024).toFixed(0)} KiB`,
    met: bytesPerClient <= 128 * 1024,
  });
  targets.push({
    name: 'open descriptors 3 s after they disconnect',
    target: '0',
    result: String(openDescriptors),
    met: openDescriptors === 0,
  });
}
if (isSelected('memory')) {
  const growth = await measureManyFiles(fixtures);
  targets.push({
    name: 'memory growth, 10,000 files of 100 KB requested once each',
    target: 'at most 96 MiB',
    result: `${(growth / 1024 ** 2).toFixed(0)} MiB`,
    met: growth <= 96 * 1024 ** 2,
  });
}

if (isSelected('loading')) {
  const { measureLoading } = await import('./loading.mjs');
  const rounds = measureLoading(values.quick ? 5 : 21);
  const [ours, serveStatic] = ['ours', 'serve-static'].map((name) =>
    median(rounds.map((times) => times[name])),
  );
  targets.push({
    name: 'loading the package with require',
    target: `at most serve-static's ${serveStatic.toFixed(0)} ms`,
    result: `${ours.toFixed(0)} ms`,
    met: ours <= serveStatic,
  });
}

let disks = '';
if (isSelected('disks')) {
  const { DISK_COLUMNS, measureDisks } = await import('./disks.mjs');
  const { targets: diskTargets, rows } = await measureDisks(fixtures, plan);
  targets.push(...diskTargets);
  if (rows.length > 0) disks = table(DISK_COLUMNS, rows);
}

const scaling = [];
if (isSelected('delegation') && !values.quick && has('nginx')) {
  const { measureDelegation } = await import('./scaling.mjs');
  for (const [name, bytes] of Object.entries(await measureDelegation(fixtures.root, plan)))
    scaling.push([`100 MB, 4 clients: ${name}`, `${Math.round(bytes / 1e6)} MB/s`]);
}
if (isSelected('workers') && !values.quick) {
  const { measureWorkers } = await import('./scaling.mjs');
  for (const [count, rate] of Object.entries(await measureWorkers(fixtures.root, plan)))
    scaling.push([
      `1 KB: ${count} ${count === '1' ? 'process' : 'processes'}`,
      `${Math.round(rate)} requests/s`,
    ]);
}

if (isSelected('parsing')) {
  const { MAX_MILLISECONDS, measureParsing } = await import('./parsing.mjs');
  for (const { name, milliseconds } of measureParsing(median)) {
    targets.push({
      name: `16 KB: ${name}`,
      target: `at most ${MAX_MILLISECONDS} ms`,
      result: `${milliseconds.toFixed(2)} ms`,
      met: milliseconds <= MAX_MILLISECONDS,
    });
  }
}

const versions = values.quick || selection !== undefined ? [] : await measureVersions();
const ratios = results.length === 0 ? '' : ratioTable(results, servers.filter(isMeasured));
const scalingTable = scaling.length === 0 ? '' : table(['', 'result'], scaling);
console.log(`\n${ratios}\n\n${targetTable(targets)}\n\n${disks}\n\n${scalingTable}\n`);
console.log(`${targets.filter(({ met }) => met).length} of ${targets.length} targets met`);
if (!values.quick && selection === undefined) writeReport();
process.exit(0);

function isMeasured(name) {
  return results.some(({ rounds }) => rounds[0][name] !== undefined);
}

function isEmpty(object) {
  return Object.keys(object).length === 0;
}

/** Measures other versions of Node. Each version is compared with bare Node of the same version. */
async function measureVersions() {
  const measured = [];
  for (const version of ['node-22', 'node-24']) {
    const node = join(here, 'node_modules', version, 'bin/node');
    if (!existsSync(node)) {
      console.log(`Skipping ${version}: npm has installed no binary of it for this platform.`);
      continue;
    }
    const versionResults = [];
    for (const scenario of scenarios.filter(({ name }) => versionScenarios.includes(name))) {
      const versionPlan = { ...plan, rounds: 1, node };
      const rounds = await measureScenario(scenario, ['bare', 'ours', 'sirv'], fixtures.root, versionPlan);
      versionResults.push({ scenario, rounds });
    }
    measured.push({ version, results: versionResults });
  }
  return measured;
}

function writeReport() {
  const folder = join(here, '../docs/benchmarks');
  mkdirSync(folder, { recursive: true });
  const processor = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB of memory`;
  const machine = `${processor}, ${memory}, ${process.platform}, Node ${process.version}`;
  const figures = {
    machine,
    date: new Date().toISOString().slice(0, 10),
    plan,
    results: results.map(({ scenario, rounds }) => ({
      scenario: scenario.name,
      measure: scenario.measure ?? 'rate',
      rounds,
    })),
    targets,
    disks,
    scaling,
    versions: versions.map(({ version, results }) => ({
      version,
      results: results.map(({ scenario, rounds }) => ({ scenario: scenario.name, rounds })),
    })),
  };
  const markdown = report({
    machine,
    plan,
    ratios,
    targets: targetTable(targets),
    disks,
    scaling: scalingTable,
    versions,
  });
  writeFileSync(join(folder, 'ratios.svg'), barChart(results, servers));
  writeFileSync(join(folder, 'figures.json'), `${JSON.stringify(figures, null, 1)}\n`);
  writeFileSync(join(folder, 'README.md'), markdown);
}
