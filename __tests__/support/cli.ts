import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '../../src/cli/main';
import { folderWith } from './files';
import { PROJECT } from './root';

/** The entry point of the command, and the module that lets Node run TypeScript. */
export const ENTRY = join(PROJECT, 'src', 'cli', 'main.ts');
export const REGISTER = require.resolve('esbuild-register');

/** A private key and its self-signed certificate, for tests only. It is valid for 100 years. */
export const KEY = join(__dirname, 'tls', 'key.pem');
export const CERT = join(__dirname, 'tls', 'cert.pem');

/** The command in a separate process. The process is killed after the test. */
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

  /** Resolves as soon as stdout matches. Rejects if the process ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#waitFor(pattern, 'stdout');
  }

  /** Resolves as soon as stderr matches. Rejects if the process ends before. */
  printsError(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#waitFor(pattern, 'stderr');
  }

  async #waitFor(pattern: RegExp, stream: 'stdout' | 'stderr'): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match !== null) return match;
      const more = once(this.child[stream], 'data').then(() => true);
      if (!(await Promise.race([more, this.outcome.then(() => false)]))) {
        throw new Error(`the process ended without ${String(pattern)}: ${this.stdout}${this.stderr}`);
      }
    }
  }

  /** The port of the URL that the command prints when it listens. */
  async port(): Promise<number> {
    const [, port] = await this.prints(/^https?:\/\/127\.0\.0\.1:(\d+)\/\n/);
    return Number(port);
  }
}

/** The command in this process. It is stopped after the test. */
export interface InProcessRun {
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
  readonly stop: AbortController;
  readonly code: Promise<number>;
}

const inProcessRuns: InProcessRun[] = [];

afterEach(async () => {
  for (const { child, outcome } of Run.all.splice(0)) {
    child.kill('SIGKILL');
    await outcome;
  }
  for (const { stop, code } of inProcessRuns.splice(0)) {
    stop.abort();
    await code;
  }
});

/** Runs the command in this process. */
export function run(...args: string[]): InProcessRun {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const stop = new AbortController();
  const started = {
    stdout,
    stderr,
    stop,
    code: main(args, { stdout, stderr, stop: stop.signal, isWorker: false }),
  };
  inProcessRuns.push(started);
  return started;
}

/** Runs a command that ends by itself. Resolves with its exit code and its whole output. */
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

/** Resolves with the next output of a command: stdout, or stderr if stdout is empty. */
export async function printed({ stdout, stderr }: InProcessRun): Promise<string> {
  await Promise.race([once(stdout, 'readable'), once(stderr, 'readable')]);
  return String(stdout.read() ?? stderr.read());
}

/** The port in a printed URL. */
export function portOf(line: string): number {
  return Number(new URL(line).port);
}
