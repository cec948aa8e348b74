import { spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { cpuTime } from './cpu-time.mjs';
import { commands } from './programs.mjs';
import { onExit } from './temporary.mjs';

const here = import.meta.dirname;

/** The server and the load generator each run on a core of their own. */
const SERVER_CORE = '0';
const LOAD_CORE = '1';

const canPin = spawnSync('taskset', ['-c', LOAD_CORE, 'true']).status === 0;

/** Returns a command line that runs on the core of the load generator. */
export function onLoadCore(command) {
  return canPin ? ['taskset', '-c', LOAD_CORE, ...command] : command;
}

function onServerCore(command) {
  return canPin ? ['taskset', '-c', SERVER_CORE, ...command] : command;
}

/**
 * Starts a server on a free port. Resolves when it accepts connections.
 *
 * - `node`: the Node binary.
 * - `packageFolder`: the folder of the package that `ours` serves with; the working tree by default.
 * - `variant`, `protocol`: how the server is set up, if not as usual: see `scenarios.mjs`.
 * - `certificate`: the folder of the certificate for TLS.
 */
export async function startServer(name, root, setup = {}) {
  const port = await freePort();
  const child =
    name in commands
      ? startProgram(commands[name](root, port, setup))
      : startNodeServer(name, root, port, setup);
  return serverOf(port, child);
}

/** Resolves with a server when its process accepts connections. */
export async function serverOf(port, child) {
  // SIGTERM, because the workers of nginx and gunicorn would survive a SIGKILL of their parent.
  const forget = onExit(() => child.kill('SIGTERM'));
  child.once('exit', forget);
  await waitForConnections(port, child);
  return {
    port,
    pid: child.pid,
    /** The CPU time that the server has used, in seconds. */
    cpuTime: () => cpuTime(child.pid),
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
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', resolve);
        child.kill('SIGTERM');
      }),
  };
}

function startNodeServer(name, root, port, setup) {
  const { node = process.execPath, packageFolder = join(here, '..') } = setup;
  const { variant = '', protocol = 'http', certificate = '' } = setup;
  const script = join(here, 'servers', `${name}.mjs`);
  const [command, ...args] = onServerCore([node, '--expose-gc', script, root, String(port)]);
  return spawn(command, args, {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    cwd: here,
    env: {
      ...process.env,
      BENCH_PACKAGE: packageFolder,
      BENCH_VARIANT: variant,
      BENCH_PROTOCOL: protocol,
      BENCH_CERTIFICATE: certificate,
    },
  });
}

function startProgram({ command: commandLine, cwd = here, env = {} }) {
  const [command, ...args] = onServerCore(commandLine);
  return spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'ignore' });
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
async function waitForConnections(port, child) {
  for (let attempt = 0; attempt < 400; attempt++) {
    if (child.exitCode !== null)
      throw new Error(`exits with code ${child.exitCode} before it accepts connections`);
    const isConnected = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isConnected) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGTERM');
  throw new Error('accepts no connections within 20 seconds');
}
