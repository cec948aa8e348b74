// Requests files of a slow disk one after the other, over some connections, and at the same time the application
// and a file of another directory at a fixed rate. Prints the number of files per second, and percentiles of
// the latency in milliseconds, as JSON.
// Usage: node disk-client.mjs PORT SECONDS CONNECTIONS FILES
import { Agent, get } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';

const [port, seconds, connections, files] = process.argv.slice(2).map(Number);

/** Milliseconds between two requests of a fixed rate. */
const INTERVAL = 20;

/** The requests of a fixed rate: the latency of those with a response, and the times of the others. */
const latencies = { '/application': [], '/local/0.bin': [] };
const waiting = { '/application': new Set(), '/local/0.bin': new Set() };
let received = 0;
let next = 0;

const slowFiles = new Agent({ keepAlive: true, maxSockets: connections });
const others = new Agent({ keepAlive: true });

/** Resolves with the status when a response is complete, or with undefined if there is none. */
function request(path, agent) {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      response.resume().on('close', () => resolve(response.complete ? response.statusCode : undefined));
    }).on('error', () => resolve(undefined));
  });
}

async function requestFiles() {
  for (;;) {
    const status = await request(`/slow/${next++ % files}.bin`, slowFiles);
    if (status === 200) received += 1;
    // A server that refuses at once is not asked at once again.
    else await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

async function requestOther(path) {
  const startedAt = performance.now();
  waiting[path].add(startedAt);
  await request(path, others);
  waiting[path].delete(startedAt);
  latencies[path].push(performance.now() - startedAt);
}

/** The latencies of all requests. Those without a response have waited until now. */
function percentiles(path) {
  const now = performance.now();
  const all = [...latencies[path], ...[...waiting[path]].map((startedAt) => now - startedAt)];
  all.sort((a, b) => a - b);
  const percentile = (part) => all[Math.ceil(part * all.length) - 1];
  return { p50: percentile(0.5), p99: percentile(0.99) };
}

for (let index = 0; index < connections; index++) void requestFiles();
const timer = setInterval(() => Object.keys(latencies).forEach(requestOther), INTERVAL);

setTimeout(() => {
  clearInterval(timer);
  const [application, local] = Object.keys(latencies).map(percentiles);
  console.log(JSON.stringify({ files: received / seconds, application, local }));
  process.exit();
}, 1000 * seconds);
