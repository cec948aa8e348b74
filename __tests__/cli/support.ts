import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli';
import { folderWith } from '../support/files';

/** The command, and what lets Node run it as it is written. */
export const ENTRY = join(__dirname, '..', '..', 'src', 'cli.ts');
export const REGISTER = require.resolve('esbuild-register');

/** A key and its certificate, good for a hundred years and for nothing but these tests. */
export const KEY = join(__dirname, '..', 'support', 'tls', 'key.pem');
export const CERT = join(__dirname, '..', 'support', 'tls', 'cert.pem');

/** The command in a process of its own, ended after the test. */
export class Run {
  static readonly all: Run[] = [];

  stdout = '';
  stderr = '';
  readonly child: ChildProcessWithoutNullStreams;
  /** The exit code, or the signal that ended the process. */
  readonly outcome: Promise<unknown>;

  constructor(args: readonly string[], cwd: string = folderWith(), env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(process.execPath, ['-r', REGISTER, ENTRY, ...args], { cwd, env });
    this.child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.outcome = once(this.child, 'close').then(([code, signal]: unknown[]) => code ?? signal);
    Run.all.push(this);
  }

  /** Resolves as soon as the output has a match. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#finds(pattern, 'stdout');
  }

  /** The same of what it complains about. */
  complains(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#finds(pattern, 'stderr');
  }

  async #finds(pattern: RegExp, stream: 'stdout' | 'stderr'): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const more = once(this.child[stream], 'data').then(() => true);
      if (!(await Promise.race([more, this.outcome.then(() => false)]))) {
        throw new Error(`ended without ${String(pattern)}: ${this.stdout}${this.stderr}`);
      }
    }
  }

  /** The port of the URL that it prints when it listens. */
  async port(): Promise<number> {
    const [, port] = await this.prints(/^https?:\/\/127\.0\.0\.1:(\d+)\/\n/);
    return Number(port);
  }
}

/** The command in this process, stopped after the test. */
export interface RunHere {
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly stop: AbortController;
  readonly code: Promise<number>;
}

const here: RunHere[] = [];

afterEach(async () => {
  for (const { child, outcome } of Run.all.splice(0)) {
    child.kill('SIGKILL');
    await outcome;
  }
  for (const { stop, code } of here.splice(0)) {
    stop.abort();
    await code;
  }
});

export function run(...args: string[]): RunHere {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const stop = new AbortController();
  const started = {
    stdout,
    stderr,
    stop,
    code: main(args, { stdout, stderr, stop: stop.signal, isWorker: false }),
  };
  here.push(started);
  return started;
}

/** All that a command prints which ends by itself. */
export async function outcome(
  ...args: string[]
): Promise<{ code: number; stdout: unknown; stderr: unknown }> {
  const { code, stdout, stderr } = run(...args);
  return { code: await code, stdout: stdout.read(), stderr: stderr.read() };
}

/** Starts a server on a free port and resolves with the port. */
export async function served(...args: string[]): Promise<number> {
  return portOf(await printed(run('--port', '0', ...args)));
}

/** What a command has printed since the last time; what it complains about if it ends without. */
export async function printed({ stdout, stderr }: RunHere): Promise<string> {
  await Promise.race([once(stdout, 'readable'), once(stderr, 'readable')]);
  return String(stdout.read() ?? stderr.read());
}

export function portOf(line: string): number {
  return Number(new URL(line).port);
}
