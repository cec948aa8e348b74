import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { HOME } from './home';
import type { CommandLine } from './runtimes';

const running = new Set<ServerProcess>();

afterAll(async () => {
  for (const { child } of running) child.kill('SIGKILL');
  await Promise.all([...running].map(({ outcome }) => outcome));
});

/** A server in a process of its own, which prints its port or URL. It is stopped after the tests of the file. */
export class ServerProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** The exit code, or the signal that ended the process. */
  readonly outcome: Promise<unknown>;
  /** The port that it prints. */
  readonly port: Promise<number>;
  #output = '';

  constructor([program, ...args]: CommandLine) {
    this.child = spawn(program, args, { cwd: HOME, stdio: ['ignore', 'pipe', 'pipe'] });
    this.outcome = once(this.child, 'close').then(([code, signal]: unknown[]) => code ?? signal);
    for (const stream of [this.child.stdout, this.child.stderr])
      stream.on('data', (chunk: Buffer) => (this.#output += chunk.toString()));
    this.port = this.#readPort();
    this.port.catch(() => undefined);
    running.add(this);
  }

  /** What the process has written to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** How many descriptors the process has of a file. */
  descriptorsOf(filename: string): number {
    const folder = `/proc/${String(this.child.pid)}/fd`;
    return readdirSync(folder).filter((name) => targetOf(`${folder}/${name}`) === filename).length;
  }

  async #readPort(): Promise<number> {
    for (;;) {
      const port = /(\d+)[/}]?\n/.exec(this.#output)?.[1];
      if (port !== undefined) return Number(port);
      const more = once(this.child.stdout, 'data').then(() => true);
      if (!(await Promise.race([more, this.outcome.then(() => false)])))
        throw new Error(`the process ended without a port: ${this.#output}`);
    }
  }
}

/** Where a descriptor leads, or undefined if it has been closed since. */
function targetOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined;
  }
}
