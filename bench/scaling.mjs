// What is gained by a proxy that sends the bytes, and by a second core. Neither fits the other rows: these are two processes.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.mjs';
import { freePort, startServer, untilItAnswers } from './processes.mjs';

/** Bytes a second of 100 MB to four clients: sent by the package, by nginx on its word, and by nginx alone. */
export async function handOff(root, { seconds }) {
  const request = { path: '/sizes/100m.bin' };
  const rates = {};
  for (const name of ['ours', 'handed off', 'nginx']) {
    const server = name === 'handed off' ? await startHandOff(root) : await startServer(name, root);
    rates[name] = (await load(server.port, request, { connections: 4, seconds })).bytes;
    await server.stop();
  }
  return rates;
}

async function startHandOff(root) {
  const origin = await startServer('handed-off', root);
  const port = await freePort();
  const prefix = mkdtempSync(join(tmpdir(), 'bench-hand-off-'));
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
         location /handed-off/ { internal; alias ${root}/; }
       }
     }`,
  );
  const child = spawn('nginx', ['-p', prefix, '-c', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  await untilItAnswers(port, child);
  return { port, stop: () => Promise.all([stopped(child), origin.stop()]) };
}

/** Requests a second of 1 KB, by one process of the command and by one a core, which the load has to share. */
export async function workers(root, { seconds }) {
  const rates = {};
  for (const count of [1, 2]) {
    const port = await freePort();
    const args = [root, '--port', String(port), '--quiet', '--workers', String(count)];
    const child = spawn(process.execPath, [join(import.meta.dirname, '../dist/cli.js'), ...args], {
      stdio: 'ignore',
    });
    await untilItAnswers(port, child);
    rates[count] = (await load(port, { path: '/sizes/1k.txt' }, { connections: 64, seconds })).rate;
    await stopped(child);
  }
  return rates;
}

function stopped(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}
