import { readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { makeDeepTree, makeManyFiles } from './fixtures.mjs';
import { load } from './load.mjs';
import { startServer } from './processes.mjs';

const CONNECTIONS = 64;

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Every server in turn within each round: the figures of a round were taken under like conditions. A server that
 * answers something else than what was asked for has no figure, and says so.
 */
export async function measureScenario(
  { name: scenario, request: wanted, status = 200, connections = CONNECTIONS, measure = 'rate', revalidates },
  servers,
  root,
  plan,
) {
  const rounds = [];
  for (let round = 0; round < plan.rounds; round++) {
    const figures = {};
    for (const name of servers) {
      const server = await startServer(name, root, { node: plan.node });
      try {
        const asked = revalidates
          ? { ...wanted, headers: await conditionOf(server.port, wanted.path) }
          : wanted;
        const got = await statusOf(server.port, asked);
        if (got !== status) {
          if (round === 0) console.log(`${name} answers ${got}, not ${status}: ${scenario}`);
          continue;
        }
        await load(server.port, asked, { connections, seconds: plan.warmUp });
        figures[name] = (await load(server.port, asked, { connections, seconds: plan.seconds }))[measure];
      } finally {
        await server.stop();
      }
    }
    rounds.push(figures);
  }
  return rounds;
}

/** By `node:http`: `fetch` adds a Cache-Control of its own to a request with a condition. */
function statusOf(port, { path = '/mix/0.txt', headers = {}, method = 'GET' }) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      response.destroy();
      resolve(response.statusCode);
    });
    asked.on('error', reject).end();
  });
}

async function conditionOf(port, path) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  await response.arrayBuffer();
  const etag = response.headers.get('etag');
  return etag === null
    ? { 'If-Modified-Since': response.headers.get('last-modified') ?? new Date().toUTCString() }
    : { 'If-None-Match': etag };
}

/** The longest that all but a hundredth of small requests wait beside clients of a large file, in milliseconds. */
export async function latencyBesideLargeFiles(name, root, { seconds }) {
  const server = await startServer(name, root);
  try {
    const large = load(server.port, { path: '/sizes/100m.bin' }, { connections: 8, seconds: seconds + 1 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { p99 } = await load(server.port, { path: '/sizes/1k.txt' }, { connections: 8, seconds });
    await large;
    return p99;
  } finally {
    await server.stop();
  }
}

/** One file eight folders deep among many, as a ratio to the same file alone. */
export async function depth(fixtures, plan) {
  const root = fixtures.folder('deep');
  makeDeepTree(root, plan.deep);
  const rounds = [];
  for (let round = 0; round < plan.rounds; round++) {
    const rates = {};
    for (const [name, folder, path] of [
      ['alone', fixtures.root, '/sizes/1k.txt'],
      ['deep', root, '/a1/b2/c3/d/e/f/g/h/1k.txt'],
    ]) {
      const server = await startServer('ours', folder);
      await load(server.port, { path }, { connections: CONNECTIONS, seconds: plan.warmUp });
      rates[name] = (
        await load(server.port, { path }, { connections: CONNECTIONS, seconds: plan.seconds })
      ).rate;
      await server.stop();
    }
    rounds.push(rates);
  }
  return rounds;
}

/** Memory a client that asks for 100 MB, reads a little and stalls, and the descriptors left when all have gone. */
export async function stalledClients(name, root) {
  const clients = 500;
  const server = await startServer(name, root);
  try {
    await load(server.port, { path: '/sizes/100m.bin' }, { connections: 4, seconds: 1 });
    const files = () => openFiles(server.pid, '100m.bin');
    const before = await server.memory();
    const sockets = await Promise.all(Array.from({ length: clients }, () => stall(server.port)));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const perClient = ((await server.memory()) - before) / clients;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return { perClient, left: files() };
  } finally {
    await server.stop();
  }
}

function stall(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /sizes/100m.bin HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.once('data', () => {
      socket.pause();
      resolve(socket);
    });
    socket.on('error', () => {});
  });
}

/** How many descriptors of a process lead to a file of that name. */
function openFiles(pid, name) {
  return readdirSync(`/proc/${pid}/fd`, { withFileTypes: true }).filter((entry) =>
    leadsTo(pid, entry.name, name),
  ).length;
}

function leadsTo(pid, descriptor, name) {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`).endsWith(name);
  } catch {
    return false;
  }
}

/** Bytes of memory that a server has gained after 10,000 files of 100 KB were asked for, each once. */
export async function manyFiles(fixtures) {
  const count = 10_000;
  const root = fixtures.folder('many');
  makeManyFiles(root, count);
  await new Promise((resolve) => setTimeout(resolve, 2500)); // until the files have rested
  const server = await startServer('ours', root);
  try {
    const before = await server.memory();
    for (let at = 0; at < count; at += 8) {
      const batch = Array.from({ length: 8 }, (_, one) => `http://127.0.0.1:${server.port}/${at + one}.bin`);
      await Promise.all(batch.map(async (url) => (await fetch(url)).arrayBuffer()));
    }
    return (await server.memory()) - before;
  } finally {
    await server.stop();
  }
}
