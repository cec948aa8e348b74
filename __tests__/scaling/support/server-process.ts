import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { childrenOf } from '../../support/process';

/** The servers, and Debian's packages of them. */
const PACKAGES = { nginx: 'nginx-light', varnishd: 'varnish' };

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** A server in a process of its own, which may have others. */
export interface ServerProcess {
  /** Ends it and the processes that it has started, with no chance to say goodbye. */
  kill(): Promise<void>;
  /** What it has printed. */
  printed(): string;
}

const running = new Set<ChildProcess>();

afterEach(async () => {
  await Promise.all([...running].map(end));
});

// Jest does not run hooks when it is told to stop.
process.on('exit', () => {
  for (const { pid } of running) if (pid !== undefined) for (const each of family(pid)) killIfThere(each);
});

/** Starts a server, and waits until it listens. It is stopped after the test, also when that fails. */
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
    if (hasEnded(child)) throw new Error(`${child.spawnfile} has ended: ${printed()}`);
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
  if (pid !== undefined && !hasEnded(child)) {
    const ended = once(child, 'exit');
    const pids = family(pid);
    for (const each of pids) killIfThere(each);
    await ended;
    // Its port is free when its children have gone too.
    while (pids.some(isThere)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  running.delete(child);
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** A process and those that it has started: the first comes first, so that it starts no others in their place. */
function family(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(family)];
}

/** One that has ended, and that nobody has waited for yet, holds nothing any more. */
function isThere(pid: number): boolean {
  return /^State:\s+[^ZX\s]/m.test(readProcess(`/proc/${pid}/status`));
}

function readProcess(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch {
    return ''; // it has gone
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has gone
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
