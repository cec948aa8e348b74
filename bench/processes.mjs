import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const here = import.meta.dirname;

/** The server has one core for itself, and so has what loads it. */
const SERVER_CORE = '0';
const LOAD_CORE = '1';

const pinned = spawnSync('taskset', ['-c', LOAD_CORE, 'true']).status === 0;

export function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

/** A command line on the core of the load generator. */
export function onLoadCore(command) {
  return pinned ? ['taskset', '-c', LOAD_CORE, ...command] : command;
}

function onServerCore(command) {
  return pinned ? ['taskset', '-c', SERVER_CORE, ...command] : command;
}

/** Starts one of the servers on a free port; resolves when it answers. */
export async function startServer(name, root, { node = process.execPath } = {}) {
  const port = await freePort();
  const child =
    name === 'nginx'
      ? nginx(root, port)
      : name === 'werkzeug'
        ? werkzeug(root, port)
        : nodeServer(name, root, port, node);
  await untilItAnswers(port, child);
  return {
    port,
    pid: child.pid,
    /** Bytes of memory that the process holds. */
    memory: () =>
      new Promise((resolve) => {
        child.on('message', function answered(message) {
          if (message.rss === undefined) return;
          child.off('message', answered);
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

function nodeServer(name, root, port, node) {
  const [execPath, ...execArgv] = onServerCore([node, '--expose-gc']);
  const script = join(here, 'servers', `${name}.mjs`);
  return pinned
    ? spawn(execPath, [...execArgv, script, root, String(port)], {
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        cwd: here,
      })
    : fork(script, [root, String(port)], { execPath, execArgv, cwd: here, silent: true });
}

function nginx(root, port) {
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

function werkzeug(root, port) {
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

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when a process takes connections. */
export async function untilItAnswers(port, child) {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (child.exitCode !== null)
      throw new Error(`the server ended with ${child.exitCode} before it answered`);
    const open = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the server did not answer within 20 seconds');
}
