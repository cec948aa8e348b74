// npm run bench: compares the package with other servers and with its targets, or with another commit of it.
// CONTRIBUTING.md explains the options.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { LOAD_PROGRAMS, setUp } from './set-up.mjs';

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    compare: { type: 'string' },
    only: { type: 'string' },
    output: { type: 'string' },
    quick: { type: 'boolean' },
    resume: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
  },
});

// The other modules import what this installs and builds.
setUp(values.compare === undefined ? undefined : LOAD_PROGRAMS);
const { barChart } = await import('./chart.mjs');
const { makeCertificate, makeFixtures } = await import('./fixtures.mjs');
const { measureScenario } = await import('./measure.mjs');
const { otherTargets } = await import('./other-targets.mjs');
const { startServer } = await import('./processes.mjs');
const { has, missingProgram } = await import('./programs.mjs');
const { cpuTable, failureList, ratioTable, report, resultTable, table, targetTable } =
  await import('./report.mjs');
const { measureDelegation, measureWorkers } = await import('./scaling.mjs');
const { allServers, scenarios, serversOf } = await import('./scenarios.mjs');
const { keepResults } = await import('./resume.mjs');
const { median } = await import('./statistics.mjs');
const { NODE_VERSIONS, OTHER_VERSION, RATIOS, ratioTargets, SAMPLE } = await import('./targets.mjs');

/** A full run measures everything with enough rounds: only its results are published. */
const FULL = { rounds: 5, seconds: 2 };
const plan = {
  rounds: wholeNumber('rounds', values.quick ? 1 : FULL.rounds),
  seconds: wholeNumber('seconds', values.quick ? 1 : FULL.seconds),
  warmUp: 1,
  deepTreeFiles: values.quick ? 10_000 : 100_000,
  diskSeconds: values.quick ? 3 : 10,
  hangSeconds: values.quick ? 3 : 30,
};
const isFull =
  !values.quick && values.only === undefined && plan.rounds >= FULL.rounds && plan.seconds >= FULL.seconds;

const otherParts = [...Object.keys(otherTargets), 'delegation', 'workers', 'versions'];
const selection = values.only?.split(',').map((name) => name.trim());
const isSelected = (name) => selection === undefined || selection.includes(name);
checkSelection([...scenarios.map(({ name }) => name), ...(values.compare === undefined ? otherParts : [])]);

const fixtures = makeFixtures();
const certificate = makeCertificate();
if (values.compare !== undefined) {
  const { compare } = await import('./compare.mjs');
  const compared = scenarios.filter(({ name, compared }) => selection?.includes(name) ?? compared);
  await compare(values.compare, compared, { root: fixtures.root, certificate }, plan);
  process.exit();
}

const unavailable = allServers.filter((name) => missingProgram(name) !== undefined);
for (const name of unavailable) console.log(`Skipping ${name}: ${missingProgram(name)} cannot be run.`);
const unsettled = [];
const measureOnce = keepResults(values.resume, { machine: describeMachine(), plan });

const results = [];
for (const scenario of scenarios.filter(({ name }) => isSelected(name)))
  results.push(await measure(scenario, serversOf(scenario)));
const targets = results.flatMap(({ scenario, rounds }) => ratioTargets(scenario, rounds));

let disks;
for (const [name, measureTargets] of Object.entries(otherTargets)) {
  if (!isSelected(name)) continue;
  try {
    const part = await measureOnce(name, () => measureTargets(fixtures, plan));
    targets.push(...part.targets);
    disks ??= part.disks;
    noteUnsettled(name, part);
  } catch (error) {
    targets.push({ name, target: '', result: `not measured: ${error.message}`, met: false });
  }
}

const scaling = [];
if (isSelected('delegation') && !values.quick && has('nginx')) {
  const measured = await measureOnce('delegation', () => measureDelegation(fixtures.root, plan));
  noteUnsettled('delegation', measured);
  addScaling('100 MB, 4 clients', measured, (bytes) => `${Math.round(bytes / 1e6)} MB/s`);
}
if (isSelected('workers') && !values.quick) {
  const measured = await measureOnce('workers', () => measureWorkers(fixtures.root, plan));
  noteUnsettled('workers', measured);
  addScaling('1 KB', measured, (rate) => `${Math.round(rate)} requests/s`);
}

const versions = isSelected('versions') && (!values.quick || selection) ? await measureVersions() : [];
for (const { version, results } of versions.filter(({ version }) => version === OTHER_VERSION))
  for (const { scenario, title, rounds } of results)
    targets.push(...ratioTargets({ ...scenario, title: `${title}, Node ${version}` }, rounds));

const figures = {
  machine: describeMachine(),
  date: new Date().toISOString().slice(0, 10),
  plan,
  results: results.map(publicResult),
  targets,
  disks,
  scaling,
  versions: versions.map(({ version, results }) => ({ version, results: results.map(publicResult) })),
};
if (results.length > 0)
  console.log(`\n${ratioTable(results)}\n\n${cpuTable(results)}\n\n${failureList(results)}`);
if (disks !== undefined) console.log(`\n${disks}`);
if (scaling.length > 0) console.log(`\n${table(['', 'result'], scaling)}`);
if (targets.length > 0) console.log(`\n${targetTable(targets)}`);
console.log(`\n${targets.filter(({ met }) => met).length} of ${targets.length} targets hold`);

if (unsettled.length > 0) {
  console.error(
    `Not settled: ${unsettled.join(', ')}. The machine does too much else: nothing is published.`,
  );
  process.exit(1);
}
const output = values.output ?? (isFull ? join(here, '../docs/benchmarks') : undefined);
if (output !== undefined) publish(output);
process.exit();

/** Measures a scenario with the servers that are available, and prints its ratios. */
async function measure(scenario, names, { label = scenario.name, node } = {}) {
  const setup = { ...scenario, node, certificate: scenario.protocol && certificate };
  const servers = Object.fromEntries(
    names
      .filter((name) => !unavailable.includes(name))
      .map((name) => [name, () => startServer(name, fixtures.root, setup)]),
  );
  const measured = await measureOnce(label, () => measureScenario(scenario, servers, plan));
  const { title = scenario.name, measure: quantity = 'rate' } = scenario;
  const result = { scenario, title, measure: quantity, ...measured };
  noteUnsettled(label, measured);
  console.log(`\n${label}\n${resultTable(result)}\n${failureList([result])}`.trimEnd());
  return result;
}

function noteUnsettled(name, { settled = true }) {
  if (!settled) unsettled.push(name);
}

/**
 * Measures other versions of Node, with the servers that the targets name: one version in all scenarios that have
 * targets, the others in a sample of them. Each version is compared with bare Node of the same version.
 */
async function measureVersions() {
  const measured = [];
  for (const version of NODE_VERSIONS) {
    if (process.version.startsWith(`v${version}.`)) continue;
    const node = join(here, 'node_modules', `node-${version}`, 'bin/node');
    if (!existsSync(node)) {
      console.log(`Skipping Node ${version}: npm has installed no binary of it for this platform.`);
      continue;
    }
    const versionResults = [];
    const names = version === OTHER_VERSION ? Object.keys(RATIOS) : SAMPLE;
    for (const scenario of scenarios.filter(({ name }) => names.includes(name))) {
      const servers = ['bare', 'ours', ...Object.keys(RATIOS[scenario.name])];
      const available = serversOf(scenario).filter((server) => servers.includes(server));
      versionResults.push(
        await measure(scenario, available, { label: `Node ${version}, ${scenario.name}`, node }),
      );
    }
    measured.push({ version, results: versionResults });
  }
  return measured;
}

function addScaling(title, { rounds }, format) {
  for (const name of Object.keys(rounds[0]))
    scaling.push([`${title}: ${name}`, format(median(rounds.map((results) => results[name].value)))]);
}

function publicResult({ scenario, title, measure, rounds, retaken }) {
  return { scenario: scenario.name, title, measure, retaken, rounds };
}

function describeMachine() {
  const processor = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'})`;
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB of memory`;
  return `${processor}, ${memory}, ${process.platform}, Node ${process.version}`;
}

function publish(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ratios.svg'), barChart(figures.results));
  writeFileSync(join(folder, 'figures.json'), `${JSON.stringify(figures, null, 1)}\n`);
  writeFileSync(join(folder, 'README.md'), report(figures));
}

function wholeNumber(option, byDefault) {
  const value = Number(values[option] ?? byDefault);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`--${option} ${values[option]}: expected a whole number above 0`);
  process.exit(2);
}

function checkSelection(names) {
  const unknown = selection?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length === 0) return;
  console.error(`--only ${unknown.join(',')}: expected some of ${names.join(', ')}`);
  process.exit(2);
}
