import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { childrenOf } from '../../../support/process';

/** The Debian package of each server. */
const PACKAGES = { nginx: 'nginx-light', varnishd: 'varnish' };

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** A server in its own process, which may have child processes. */
export interface ServerProcess {
  /** Kills the process and its descendants with SIGKILL. */
  kill(): Promise<void>;
  /** The output of the process. */
  printed(): string;
}

const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...running].map(end));
});

// Jest does not run hooks when it is interrupted.
process.on('exit', () => {
  for (const { pid } of running)
    if (pid !== undefined) for (const each of processTree(pid)) killIfRunning(each);
});

/** Starts a server and waits until it listens. It is stopped after the test, even if that fails. */
export async function startServer(
  program: string,
  args: readonly string[],
  port: number,
): Promise<ServerProcess> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PATH },
  });
  const failed = once(child, 'error').then(([error]: unknown[]) => {
    throw isMissing(error) && program in PACKAGES
      ? new Error(`${program} is missing: apt-get install ${PACKAGES[program as keyof typeof PACKAGES]}`)
      : error;
  });
  failed.catch(() => undefined);
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const printed = () => output;
  await Promise.race([failed, untilListening(child, port, printed)]);
  return { kill: () => end(child), printed };
}

async function untilListening(child: ChildProcess, port: number, printed: () => string): Promise<void> {
  while (!(await listens(port))) {
    if (hasExited(child)) throw new Error(`${child.spawnfile} has ended: ${printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid !== undefined && !hasExited(child)) {
    const ended = once(child, 'exit');
    const pids = processTree(pid);
    for (const each of pids) killIfRunning(each);
    await ended;
    // The port is free only when the child processes have ended.
    while (pids.some(isRunning)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  running.delete(child);
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** A process and its descendants. The parent comes first, so that it cannot replace killed children. */
function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)];
}

/** False for a zombie, which holds no resources. */
function isRunning(pid: number): boolean {
  return /^State:\s+[^ZX\s]/m.test(readProcess(`/proc/${pid}/status`));
}

function readProcess(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return ''; // the process has ended
  }
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // the process has ended
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
