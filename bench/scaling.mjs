// Measures setups of two processes: a proxy that sends the files, and a second worker. Their results are not
// comparable with the other scenarios, where the server is one process.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureScenario } from './measure.mjs';
import { freePort, serverOf, startServer } from './processes.mjs';
import { temporaryFolder } from './temporary.mjs';

/**
 * Measures the throughput of 100 MB to four clients: served by nginx alone, sent by the package, and delegated
 * by the package to nginx.
 */
export function measureDelegation(root, plan) {
  const request = { path: '/sizes/100m.bin' };
  const scenario = { request, length: 104_857_600, connections: 4, measure: 'bytes' };
  const servers = {
    nginx: () => startServer('nginx', root),
    ours: () => startServer('ours', root),
    'delegated to nginx': () => startDelegation(root),
  };
  return measureScenario(scenario, servers, plan);
}

async function startDelegation(root) {
  const origin = await startServer('delegated', root);
  const port = await freePort();
  const prefix = temporaryFolder('delegation');
  const config = join(prefix, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr crit; user root;
     events {}
     http {
       access_log off; sendfile on; tcp_nopush on;
       server {
         listen 127.0.0.1:${port};
         location / { proxy_pass http://127.0.0.1:${origin.port}; }
         location /delegated/ { internal; alias ${root}/; }
       }
     }`,
  );
  const proxy = await serverOf(port, spawn('nginx', ['-p', prefix, '-c', config], { stdio: 'ignore' }));
  return {
    port,
    cpuTime: () => proxy.cpuTime() + origin.cpuTime(),
    stop: () => Promise.all([proxy.stop(), origin.stop()]),
  };
}

/**
 * Measures the requests per second for 1 KB from the command with one worker and with two. With two workers
 * on two cores, the load generator shares a core with a worker.
 */
export function measureWorkers(root, plan) {
  const scenario = { request: { path: '/sizes/1k.txt' } };
  const servers = { '1 process': () => startCommand(root, 1), '2 processes': () => startCommand(root, 2) };
  return measureScenario(scenario, servers, plan);
}

async function startCommand(root, workers) {
  const port = await freePort();
  const args = [root, '--port', String(port), '--quiet', '--workers', String(workers)];
  const command = join(import.meta.dirname, '../dist/cli/main.js');
  return serverOf(port, spawn(process.execPath, [command, ...args], { stdio: 'ignore' }));
}
