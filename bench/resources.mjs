// What is measured in another way than the scenarios: latency, memory, and large numbers of files.
import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { makeDeepTree, makeManyFiles } from './fixtures.mjs';
import { load } from './load.mjs';
import { measureScenario } from './measure.mjs';
import { startServer } from './processes.mjs';

/** Measures the p99 latency of small responses while other clients download a large file, in milliseconds. */
export async function measureLatencyUnderDownloads(name, root, { seconds }) {
  const server = await startServer(name, root);
  try {
    const downloads = load(
      server.port,
      { path: '/sizes/100m.bin' },
      { connections: 8, seconds: seconds + 1 },
    );
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { p99 } = await load(server.port, { path: '/sizes/1k.txt' }, { connections: 8, seconds });
    await downloads;
    return p99;
  } finally {
    await server.stop();
  }
}

/** Measures the request rate of a file among few files (`shallow`) and deep among many (`deep`). */
export function measureDeepTree(fixtures, plan) {
  const root = fixtures.folder('deep');
  makeDeepTree(root, plan.deepTreeFiles);
  const start = async (folder, path) => ({ ...(await startServer('ours', folder)), request: { path } });
  const servers = {
    shallow: () => start(fixtures.root, '/sizes/1k.txt'),
    deep: () => start(root, '/a1/b2/c3/d/e/f/g/h/1k.txt'),
  };
  return measureScenario({ length: 1024 }, servers, plan);
}

/**
 * Measures clients that request 100 MB, read a little and then stall: `bytesPerClient`, the memory that each
 * needs, and `openDescriptors`, the descriptors that are still open three seconds after all clients have
 * disconnected.
 */
export async function measureStalledClients(name, root) {
  const clients = 500;
  const server = await startServer(name, root);
  try {
    await load(server.port, { path: '/sizes/100m.bin' }, { connections: 4, seconds: 1 });
    const before = await server.memory();
    const sockets = await Promise.all(Array.from({ length: clients }, () => openStalledClient(server.port)));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const bytesPerClient = ((await server.memory()) - before) / clients;
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return { bytesPerClient, openDescriptors: countDescriptors(server.pid, '100m.bin') };
  } finally {
    await server.stop();
  }
}

function openStalledClient(port) {
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

/** Counts the descriptors that a process has open for files with this name. */
function countDescriptors(pid, name) {
  return readdirSync(`/proc/${pid}/fd`, { withFileTypes: true }).filter((entry) =>
    isDescriptorOf(pid, entry.name, name),
  ).length;
}

function isDescriptorOf(pid, descriptor, name) {
  try {
    return readlinkSync(`/proc/${pid}/fd/${descriptor}`).endsWith(name);
  } catch {
    return false;
  }
}

/** Measures by how many bytes a server's memory grows when 10,000 files of 100 KB are requested once each. */
export async function measureManyFiles(fixtures) {
  const count = 10_000;
  const root = fixtures.folder('many');
  makeManyFiles(root, count);
  await new Promise((resolve) => setTimeout(resolve, 2500)); // A file that changed less than 2 s ago is racy.
  const server = await startServer('ours', root);
  try {
    const before = await server.memory();
    for (let first = 0; first < count; first += 8) {
      const urls = Array.from(
        { length: 8 },
        (_, index) => `http://127.0.0.1:${server.port}/${first + index}.bin`,
      );
      await Promise.all(urls.map(async (url) => (await fetch(url)).arrayBuffer()));
    }
    return (await server.memory()) - before;
  } finally {
    await server.stop();
  }
}
