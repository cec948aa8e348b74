// npm run soak [-- --seconds 600]: loads a server with all kinds of clients and faults at once, then checks
// the responses, the open descriptors and the memory.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent, globalAgent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  CANARY,
  downloadAndDisconnect,
  pipelineAndDisconnect,
  readChanging,
  readStable,
  requestFlakyLoader,
  requestHostilePath,
  stall,
  uploadAndDisconnect,
} from './clients.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });
const seconds = Number(values.seconds);

/** The allowed growth of the server's memory, in bytes. It covers Node's heap and the buffer pool. */
const MAX_GROWTH = 64 * 1024 * 1024;

/** How long the server is left alone, in milliseconds, before its state is taken. */
const SETTLE_MS = 4000;

/** A descriptor that is still open after this many milliseconds without clients is a leak. */
const MAX_RELEASE_MS = 20_000;

const parent = mkdtempSync(join(tmpdir(), 'shared-data-soak-'));
process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
const stableFiles = makeFiles();
const server = fork(join(import.meta.dirname, 'server.mjs'), [join(parent, 'site')], {
  execArgv: ['--expose-gc'],
});
const [{ ports }] = await once(server, 'message');
server.on('exit', (code, signal) => {
  if (!isStopping) fail(`the server exited with ${code ?? signal}`);
});

let isStopping = false;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const changingFiles = {
  'small-replaced.bin': ['rename with other sizes', 20_000],
  'large-replaced.bin': ['rename', 600_000],
  'small-recreated.bin': ['delete', 20_000],
};
const writers = Object.entries(changingFiles).map(([name, [method, size]]) =>
  startWriter(name, method, size),
);
await Promise.all(writers.map((writer) => once(writer, 'message')));

/** The number of clients, their function, and its arguments. */
const activities = [
  ...Object.entries(stableFiles).map(([name, content]) => [4, readStable, { path: `/s/${name}`, content }]),
  ...Object.keys(changingFiles).map((name) => [4, readChanging, { path: `/s/${name}`, contents: new Map() }]),
  [2, requestFlakyLoader, {}],
  [4, requestHostilePath, {}],
  [2, pipelineAndDisconnect, {}],
  [2, uploadAndDisconnect, {}],
  [3, downloadAndDisconnect, {}],
  [20, stall, {}],
];

await runActivities(2); // A warm-up, so that one-time allocations do not count as growth.
const before = await settledState();
const result = await runActivities(seconds);
for (const writer of writers) writer.send('stop');
const after = await settledState(before.descriptors);
isStopping = true;
server.disconnect();
server.kill();
report();

/** Runs all activities concurrently for a number of seconds. */
async function runActivities(duration) {
  const until = Date.now() + duration * 1000;
  const totals = { requests: 0, statuses: {}, problems: new Map(), slowest: 0 };
  const clients = activities.flatMap(([count, act, context]) =>
    Array.from({ length: count }, async () => {
      while (Date.now() < until) {
        const { response, problem } = await act({
          port: ports[random(ports.length)],
          agent,
          random,
          ...context,
        });
        totals.requests += 1;
        totals.statuses[response.status] = (totals.statuses[response.status] ?? 0) + 1;
        totals.slowest = Math.max(totals.slowest, response.milliseconds ?? 0);
        if (problem === undefined) continue;
        const description = `${act.name}: ${problem}`;
        totals.problems.set(description, (totals.problems.get(description) ?? 0) + 1);
      }
    }),
  );
  await Promise.all(clients);
  return totals;
}

/**
 * Closes idle connections, waits until the server has released the resources of its clients, and resolves with
 * its state. Waits longer, up to a limit, while the server has more than the expected number of descriptors: it
 * closes the descriptors of large files up to three seconds after their last use.
 */
async function settledState(expectedDescriptors = Infinity) {
  for (const one of [agent, globalAgent]) one.destroy();
  const until = Date.now() + MAX_RELEASE_MS;
  let state;
  do {
    await setTimeout(SETTLE_MS);
    state = await serverState();
  } while (state.descriptors > expectedDescriptors && Date.now() < until);
  return state;
}

function report() {
  const inMebibytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
  const incorrect = [...result.problems.values()].reduce((sum, count) => sum + count, 0);
  const faults = Object.entries(after.faults).map(
    ([kind, count]) => `${count - before.faults[kind]} ${kind}`,
  );
  const rss = [before, after].map(({ memory }) => inMebibytes(memory.rss));
  const heap = [before, after].map(({ memory }) => inMebibytes(memory.heapUsed));
  console.log(`seconds              ${seconds}`);
  console.log(`requests             ${result.requests}`);
  console.log(`statuses             ${JSON.stringify(result.statuses)} (0: disconnected before a response)`);
  console.log(`injected faults      ${faults.join(', ')}`);
  console.log(`slowest response     ${result.slowest.toFixed(0)} ms`);
  console.log(`incorrect responses  ${incorrect}`);
  for (const [problem, count] of result.problems) console.log(`                     ${count} × ${problem}`);
  console.log(`open descriptors     ${before.descriptors} before, ${after.descriptors} after`);
  console.log(`resident memory      ${rss[0]} before, ${rss[1]} after`);
  console.log(`heap                 ${heap[0]} before, ${heap[1]} after`);
  if (incorrect > 0) fail('the server sent incorrect responses');
  if (after.descriptors > before.descriptors)
    fail(`the server leaks descriptors:\n${after.openFiles.join('\n')}`);
  if (after.memory.rss > before.memory.rss + MAX_GROWTH) fail('the server leaks memory');
}

function fail(reason) {
  console.error(reason);
  process.exitCode = 1;
}

async function serverState() {
  server.send('state');
  const [state] = await once(server, 'message');
  return state;
}

function startWriter(name, method, size) {
  const script = join(import.meta.dirname, '../__tests__/reliability/support/write.mjs');
  return fork(script, [method, join(parent, 'site', name), String(size)]);
}

/** Creates the files that never change, and canaries: files that the server must not serve. */
function makeFiles() {
  const stable = {
    'small.txt': Buffer.from('small'),
    'medium.bin': Buffer.alloc(200_000, 'shared data '),
    'large.bin': Buffer.alloc(8_000_000, 'shared data and more '),
  };
  const canaries = ['canary.txt', 'site/.env', 'site/private/canary.txt', 'outside/canary.txt'];
  for (const folder of ['site/private', 'outside']) mkdirSync(join(parent, folder), { recursive: true });
  for (const name of canaries) writeFileSync(join(parent, name), CANARY);
  symlinkSync('../outside', join(parent, 'site/linked'));
  for (const [name, content] of Object.entries(stable)) {
    writeFileSync(join(parent, 'site', name), content);
    utimesSync(join(parent, 'site', name), 1.7e9, 1.7e9);
  }
  return stable;
}

/** A random integer from 0 up to, but not including, `limit`. */
function random(limit) {
  return Math.floor(Math.random() * limit);
}
