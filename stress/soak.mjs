// npm run soak [-- --seconds 600]: everything that may go wrong, all at once, and what came of it.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { Agent, globalAgent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  askFlaky,
  askHostile,
  downloadAndLeave,
  pipelineAndLeave,
  readChanging,
  readStable,
  stall,
  uploadAndLeave,
} from './clients.mjs';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '600' } } });
const seconds = Number(values.seconds);

/** Bytes by which the server's memory may have grown: what Node keeps of its heap, and the buffers of the pool. */
const MOST_GROWTH = 64 * 1024 * 1024;

const parent = mkdtempSync(join(tmpdir(), 'shared-data-soak-'));
process.on('exit', () => rmSync(parent, { recursive: true, force: true }));
const files = makeFiles();
const server = fork(join(import.meta.dirname, 'server.mjs'), [join(parent, 'site')], {
  execArgv: ['--expose-gc'],
});
const [{ port }] = await once(server, 'message');
server.on('exit', (code, signal) => {
  if (!isOver) fail(`the server ended with ${code ?? signal}`);
});

let isOver = false;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const changing = {
  'small-replaced.bin': ['rename with other sizes', 20_000],
  'large-replaced.bin': ['rename', 600_000],
  'small-remade.bin': ['delete', 20_000],
};
const writers = Object.entries(changing).map(([name, [way, size]]) => startWriter(name, way, size));
await Promise.all(writers.map((writer) => once(writer, 'message')));

const activities = [
  ...Object.entries(files).map(([name, content]) => [4, readStable, { path: `/s/${name}`, content }]),
  ...Object.keys(changing).map((name) => [4, readChanging, { path: `/s/${name}`, tags: new Map() }]),
  [2, askFlaky, {}],
  [4, askHostile, {}],
  [2, pipelineAndLeave, {}],
  [2, uploadAndLeave, {}],
  [3, downloadAndLeave, {}],
  [20, stall, {}],
];

await work(2); // so that what is made once has been made
await settle();
const before = await stateOfServer();
const seen = await work(seconds);
for (const writer of writers) writer.send('stop');
await settle();
const after = await stateOfServer();
isOver = true;
server.disconnect();
server.kill();
report();

/** All activities at once, each by so many clients, for a while. */
async function work(duration) {
  const until = Date.now() + duration * 1000;
  const result = { requests: 0, statuses: {}, wrong: new Map(), longest: 0 };
  const clients = activities.flatMap(([count, act, context]) =>
    Array.from({ length: count }, async () => {
      while (Date.now() < until) {
        const { answer, wrong } = await act({ port, agent, random, ...context });
        result.requests += 1;
        result.statuses[answer.status] = (result.statuses[answer.status] ?? 0) + 1;
        result.longest = Math.max(result.longest, answer.waited ?? 0);
        if (wrong !== undefined)
          result.wrong.set(`${act.name}: ${wrong}`, (result.wrong.get(`${act.name}: ${wrong}`) ?? 0) + 1);
      }
    }),
  );
  await Promise.all(clients);
  return result;
}

/** Until what clients left behind has been cleared away. */
async function settle() {
  for (const one of [agent, globalAgent]) one.destroy();
  await new Promise((resolve) => setTimeout(resolve, 3000));
}

function report() {
  const mebibytes = (bytes) => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;
  const wrong = [...seen.wrong.values()].reduce((sum, count) => sum + count, 0);
  const injected = Object.entries(after.injected).map(
    ([what, count]) => `${count - before.injected[what]} ${what}`,
  );
  console.log(`seconds          ${seconds}`);
  console.log(
    `requests         ${seen.requests} (${JSON.stringify(seen.statuses)}; 0: left without an answer)`,
  );
  console.log(`faults injected  ${injected.join(', ')}`);
  console.log(`longest wait     ${seen.longest.toFixed(0)} ms`);
  console.log(`wrong answers    ${wrong}`);
  for (const [what, count] of seen.wrong) console.log(`                 ${count} × ${what}`);
  console.log(`descriptors      ${before.descriptors} before, ${after.descriptors} after`);
  console.log(
    `memory           ${mebibytes(before.memory.rss)} before, ${mebibytes(after.memory.rss)} after`,
  );
  console.log(
    `heap             ${mebibytes(before.memory.heapUsed)} before, ${mebibytes(after.memory.heapUsed)} after`,
  );
  if (wrong > 0) fail('there were wrong answers');
  if (after.descriptors > before.descriptors) fail('descriptors were left open');
  if (after.memory.rss > before.memory.rss + MOST_GROWTH) fail('memory was not given back');
}

function fail(why) {
  console.error(why);
  process.exitCode = 1;
}

async function stateOfServer() {
  server.send('state');
  const [state] = await once(server, 'message');
  return state;
}

function startWriter(name, way, size) {
  const script = join(import.meta.dirname, '../__tests__/reliability/support/write.mjs');
  return fork(script, [way, join(parent, 'site', name), String(size)]);
}

/** The files that stay as they are, beside canaries where nobody may read them. */
function makeFiles() {
  const stable = {
    'small.txt': Buffer.from('small'),
    'middling.bin': Buffer.alloc(200_000, 'shared data '),
    'large.bin': Buffer.alloc(8_000_000, 'shared data and more '),
  };
  const canaries = ['canary.txt', 'site/.env', 'site/private/canary.txt', 'outside/canary.txt'];
  for (const folder of ['site/private', 'outside']) mkdirSync(join(parent, folder), { recursive: true });
  for (const name of canaries) writeFileSync(join(parent, name), 'canary');
  symlinkSync('../outside', join(parent, 'site/linked'));
  for (const [name, content] of Object.entries(stable)) {
    writeFileSync(join(parent, 'site', name), content);
    utimesSync(join(parent, 'site', name), 1.7e9, 1.7e9);
  }
  return stable;
}

function random(below) {
  return Math.floor(Math.random() * below);
}
