import { spawn, type ChildProcess } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

/** The clients, and Debian's packages of them. */
const PACKAGES = { aria2c: 'aria2', chromium: 'chromium', curl: 'curl', wget: 'wget', zstd: 'zstd' };

export type Program = keyof typeof PACKAGES;

/** Jest would leave a client running that hangs. */
const MOST_MILLISECONDS = 45_000;

/** What a client leaves behind. */
export interface Ended {
  /** The exit status; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Starts a client in a folder that is its home too: no settings and no proxy of the machine reach it. */
export function start(
  program: Program,
  args: readonly string[],
  folder: string,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MOST_MILLISECONDS,
    killSignal: 'SIGKILL',
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(isMissing ? new Error(`${program} is missing: apt-get install ${PACKAGES[program]}`) : error);
    });
  });
  const all = Promise.all([closed, buffer(child.stdout), text(child.stderr)]);
  return { child, ended: all.then(([code, stdout, stderr]) => ({ code, stdout, stderr })) };
}

/** Runs a client that is to succeed, and returns what it prints. */
export async function run(program: Program, args: readonly string[], folder: string): Promise<Buffer> {
  const { code, stdout, stderr } = await start(program, args, folder).ended;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
