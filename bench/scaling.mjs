// Measures setups of two processes: a proxy that sends the files, and a second worker. Their results are not
// comparable with the other scenarios, where the server is one process.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.mjs';
import { freePort, startServer, waitForConnections } from './processes.mjs';

/**
 * Measures the throughput of 100 MB to four clients in bytes per second: sent by the package, delegated by
 * the package to nginx, and served by nginx alone.
 */
export async function measureDelegation(root, { seconds }) {
  const request = { path: '/sizes/100m.bin' };
  const rates = {};
  for (const name of ['ours', 'delegated to nginx', 'nginx']) {
    const isDelegated = name === 'delegated to nginx';
    const server = isDelegated ? await startDelegation(root) : await startServer(name, root);
    rates[name] = (await load(server.port, request, { connections: 4, seconds })).bytes;
    await server.stop();
  }
  return rates;
}

async function startDelegation(root) {
  const origin = await startServer('delegated', root);
  const port = await freePort();
  const prefix = mkdtempSync(join(tmpdir(), 'bench-delegation-'));
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
  const child = spawn('nginx', ['-p', prefix, '-c', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  await waitForConnections(port, child);
  return { port, stop: () => Promise.all([stopProcess(child), origin.stop()]) };
}

/**
 * Measures the requests per second for 1 KB from the command with one worker and with two. With two workers
 * on two cores, the load generator shares a core with a worker.
 */
export async function measureWorkers(root, { seconds }) {
  const rates = {};
  for (const count of [1, 2]) {
    const port = await freePort();
    const args = [root, '--port', String(port), '--quiet', '--workers', String(count)];
    const command = join(import.meta.dirname, '../dist/cli/main.js');
    const child = spawn(process.execPath, [command, ...args], { stdio: 'ignore' });
    await waitForConnections(port, child);
    rates[count] = (await load(port, { path: '/sizes/1k.txt' }, { connections: 64, seconds })).rate;
    await stopProcess(child);
  }
  return rates;
}

function stopProcess(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
