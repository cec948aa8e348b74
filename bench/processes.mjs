import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;

/** The server and the load generator each run on a core of their own. */
const SERVER_CORE = '0';
const LOAD_CORE = '1';

const canPin = spawnSync('taskset', ['-c', LOAD_CORE, 'true']).status === 0;

export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** Returns a command line that runs on the core of the load generator. */
export function onLoadCore(command) {
  return canPin ? ['taskset', '-c', LOAD_CORE, ...command] : command;
}

function onServerCore(command) {
  return canPin ? ['taskset', '-c', SERVER_CORE, ...command] : command;
}

/** Starts a server on a free port. Resolves when it accepts connections. */
export async function startServer(name, root, { node = process.execPath } = {}) {
  const port = await freePort();
  const child =
    name === 'nginx'
      ? startNginx(root, port)
      : name === 'werkzeug'
        ? startWerkzeug(root, port)
        : startNodeServer(name, root, port, node);
  await waitForConnections(port, child);
  return {
    port,
    pid: child.pid,
    /** Resolves with the resident set size of the process, in bytes. */
    memory: () =>
      new Promise((resolve) => {
        child.on('message', function onMessage(message) {
          if (message.rss === undefined) return;
          child.off('message', onMessage);
          resolve(message.rss);
        });
        child.send('memory');
      }),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

function startNodeServer(name, root, port, node) {
  const [execPath, ...execArgv] = onServerCore([node, '--expose-gc']);
  const script = join(here, 'servers', `${name}.mjs`);
  return canPin
    ? spawn(execPath, [...execArgv, script, root, String(port)], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        cwd: here,
      })
    : fork(script, [root, String(port)], { execPath, execArgv, cwd: here, silent: true });
}

function startNginx(root, port) {
  const prefix = mkdtempSync(join(tmpdir(), 'bench-nginx-'));
  const config = join(prefix, 'nginx.conf');
  writeFileSync(
    config,
    `daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr crit; user root;
     events { worker_connections 4096; }
     http {
       access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; types { text/plain txt; }
       open_file_cache max=20000 inactive=60s;
       server { listen 127.0.0.1:${port}; root ${root}; expires 12h; error_page 404 =404 @app;
                location @app { default_type text/plain; return 404 "APP\\n"; } }
     }`,
  );
  const [command, ...args] = onServerCore(['nginx', '-p', prefix, '-c', config]);
  return spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}

function startWerkzeug(root, port) {
  const [command, ...args] = onServerCore([
    'gunicorn',
    '-w',
    '1',
    '-k',
    'gthread',
    '--threads',
    '8',
    '-b',
    `127.0.0.1:${port}`,
  ]);
  const env = { ...process.env, BENCH_ROOT: root };
  return spawn(command, [...args, '--log-level', 'critical', 'werkzeug_app:app'], {
    cwd: join(here, 'servers'),
    env,
    stdio: 'ignore',
  });
}

/** Resolves with a port that is not in use. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when a process accepts connections. Rejects if it ends first, or after 20 seconds. */
export async function waitForConnections(port, child) {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (child.exitCode !== null)
      throw new Error(`the server exited with code ${child.exitCode} before it accepted connections`);
    const isConnected = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isConnected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server did not accept connections within 20 seconds');
}
