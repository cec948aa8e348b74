// Measures slow disks: a FUSE file system that delays each operation, or does not respond for some time.
import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeManyFiles } from './fixtures.mjs';
import { onLoadCore, startServer } from './processes.mjs';
import { median } from './statistics.mjs';

const FILES = 100;
const FILE_SIZE = 10_000;
const CONNECTIONS = 10;
const WARM_UP_SECONDS = 5;

/** Milliseconds for each operation, with the least ratio of files per second to serve-static. */
const DELAYS = { 0: undefined, 2: 2, 20: 1 };
/** The greatest ratio of the application's p99 to the one beside serve-static. */
const MAX_P99_RATIO = 1.5;
/** The greatest ratio of a p99 while the disk hangs to the one before. */
const MAX_HANG_RATIO = 2;

const SERVERS = ['ours', 'serve-static'];

/**
 * Measures files per second from slow disks and the latency of the application meanwhile, and the latencies of
 * the application and of files of another directory while a disk hangs.
 *
 * Resolves with `targets` and `rows`, the rows of a table. Both are empty where it cannot be mounted.
 */
export async function measureDisks(fixtures, plan) {
  const { SlowDisk, whyNotMountable } = loadSlowDisk();
  const reason = whyNotMountable();
  if (reason !== undefined) {
    console.log(`Skipping slow disks: ${reason}.`);
    return { targets: [], rows: [] };
  }
  const root = fixtures.folder('disks');
  makeManyFiles(join(root, 'source'), FILES, FILE_SIZE);
  makeManyFiles(join(root, 'local'), 1, FILE_SIZE);
  const disk = await SlowDisk.mount(join(root, 'source'), join(root, 'slow'));
  try {
    const delayed = {};
    const hung = [];
    for (let round = 0; round < plan.rounds; round++) {
      for (const delay of Object.keys(DELAYS)) {
        const values = await inTurn(round, (name) => measureDelay(name, root, disk, delay, plan));
        (delayed[delay] ??= []).push(values);
      }
      hung.push(await inTurn(round, (name) => measureHang(name, root, disk, plan)));
    }
    return {
      targets: [
        ...Object.keys(DELAYS).flatMap((delay) => delayTargets(delay, delayed[delay])),
        ...hangTargets(hung),
      ],
      rows: [
        ...Object.entries(delayed).flatMap(([delay, rounds]) => delayRows(delay, rounds)),
        ...hangRows(hung),
      ],
    };
  } finally {
    await disk.unmount();
  }
}

/** The tests mount the same disk. Their helper is written in TypeScript. */
function loadSlowDisk() {
  const require = createRequire(import.meta.url);
  const { unregister } = require('esbuild-register/dist/node').register();
  try {
    return require('../__tests__/support/slow-disk/slow-disk.ts');
  } finally {
    unregister();
  }
}

/** Measures all servers in turn, in another order in each second round. Resolves with the values by name. */
async function inTurn(round, measure) {
  const values = {};
  for (const name of round % 2 === 0 ? SERVERS : SERVERS.toReversed()) values[name] = await measure(name);
  return values;
}

/**
 * Until a file was seen unchanged for two seconds, ours reads it for each request. The disk delays nothing at
 * first, so that what is measured is what comes after.
 */
async function measureDelay(name, root, disk, delay, { diskSeconds }) {
  return withServer(name, root, disk, async ({ port }) => {
    disk.setDelay(0);
    await runClient(port, WARM_UP_SECONDS, CONNECTIONS);
    disk.setDelay(delay);
    await runClient(port, 1, CONNECTIONS);
    return runClient(port, diskSeconds, CONNECTIONS);
  });
}

/** Measures before and while the disk hangs, and the files of the disk that stay open afterwards. */
async function measureHang(name, root, disk, { warmUp, hangSeconds }) {
  return withServer(name, root, disk, async ({ port, pid }) => {
    await runClient(port, warmUp, CONNECTIONS);
    const before = await runClient(port, hangSeconds, 0);
    disk.hang();
    const during = await runClient(port, hangSeconds, CONNECTIONS);
    disk.resume();
    return { before, during, isBack: await isServed(port), openFiles: await countOpenFiles(pid, disk.path) };
  });
}

async function withServer(name, root, disk, measure) {
  const server = await startServer(`disks-${name}`, root);
  try {
    return await measure(server);
  } finally {
    // A process cannot end while a disk of it hangs.
    disk.resume();
    await server.stop();
  }
}

async function runClient(port, seconds, connections) {
  const script = join(import.meta.dirname, 'disk-client.mjs');
  const args = [script, port, seconds, connections, FILES].map(String);
  const [command, ...rest] = onLoadCore([process.execPath, ...args]);
  const { stdout } = await promisify(execFile)(command, rest);
  return JSON.parse(stdout);
}

/** Whether the files of the disk are served again within 20 seconds. */
async function isServed(port) {
  for (let attempt = 0; attempt < 200; attempt++) {
    const length = await fetch(`http://127.0.0.1:${port}/slow/0.bin`, { signal: AbortSignal.timeout(1000) })
      .then(async (response) => response.status === 200 && (await response.arrayBuffer()).byteLength)
      .catch(() => 0);
    if (length === FILE_SIZE) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

/** Counts the descriptors of files below a folder that stay open for three seconds. */
async function countOpenFiles(pid, folder) {
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const descriptors = `/proc/${pid}/fd`;
  return readdirSync(descriptors).filter((name) => {
    try {
      return readlinkSync(join(descriptors, name)).startsWith(`${folder}/`);
    } catch {
      return false;
    }
  }).length;
}

function delayTargets(delay, rounds) {
  const minimum = DELAYS[delay];
  if (minimum === undefined) return [];
  const files = rounds.map(({ ours, 'serve-static': other }) => ours.files / other.files);
  const p99 = rounds.map(({ ours, 'serve-static': other }) => ours.application.p99 / other.application.p99);
  return [
    {
      name: `disk with ${delay} ms for each operation: files per second`,
      target: `${minimum} × serve-static`,
      result: spread(files),
      met: median(files) >= minimum,
    },
    {
      name: `disk with ${delay} ms for each operation: the application, p99`,
      target: `at most ${MAX_P99_RATIO} × beside serve-static`,
      result: spread(p99),
      met: median(p99) <= MAX_P99_RATIO,
    },
  ];
}

function hangTargets(rounds) {
  const ours = rounds.map((values) => values.ours);
  const latencies = { application: 'the application', local: 'files of another directory' };
  const isBack = ours.every((round) => round.isBack);
  const openFiles = Math.max(...ours.map((round) => round.openFiles));
  return [
    ...Object.entries(latencies).map(([key, title]) => {
      const ratios = ours.map(({ before, during }) => during[key].p99 / before[key].p99);
      return {
        name: `disk that hangs: ${title}, p99`,
        target: `at most ${MAX_HANG_RATIO} × before`,
        result: spread(ratios),
        met: median(ratios) <= MAX_HANG_RATIO,
      };
    }),
    {
      name: 'disk that has hung: files that stay open',
      target: '0, and its files are served',
      result: isBack ? String(openFiles) : 'its files are not served',
      met: isBack && openFiles === 0,
    },
  ];
}

/** The columns of the rows. */
export const DISK_COLUMNS = [
  'disk',
  'server',
  'files/s',
  'the application, p50',
  'p99',
  'files of another directory, p50',
  'p99',
];

function delayRows(delay, rounds) {
  return SERVERS.map((name) =>
    diskRow(
      `${delay} ms for each operation`,
      name,
      rounds.map((values) => values[name]),
    ),
  );
}

function hangRows(rounds) {
  return SERVERS.flatMap((name) => [
    diskRow(
      'no requests for its files',
      name,
      rounds.map((values) => values[name].before),
    ),
    diskRow(
      'hangs',
      name,
      rounds.map((values) => values[name].during),
    ),
  ]);
}

/** A row of medians. */
function diskRow(disk, name, results) {
  const latency = (key, part) => `${median(results.map((result) => result[key][part])).toFixed(1)} ms`;
  return [
    disk,
    name,
    median(results.map(({ files }) => files)).toFixed(0),
    latency('application', 'p50'),
    latency('application', 'p99'),
    latency('local', 'p50'),
    latency('local', 'p99'),
  ];
}

/** The median of ratios with the smallest and the largest. */
function spread(ratios) {
  const format = (ratio) => ratio.toFixed(2);
  return `${format(median(ratios))} × (${format(Math.min(...ratios))}–${format(Math.max(...ratios))})`;
}
