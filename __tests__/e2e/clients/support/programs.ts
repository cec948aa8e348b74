import { spawn, type ChildProcess } from 'node:child_process';
import { buffer, text } from 'node:stream/consumers';

/** The Debian package of each client. */
const PACKAGES = { aria2c: 'aria2', chromium: 'chromium', curl: 'curl', wget: 'wget', zstd: 'zstd' };

export type Program = keyof typeof PACKAGES;

/** Jest does not stop a client that hangs. */
const MAX_MILLISECONDS = 45_000;

/** The result of a client. */
export interface Exit {
  /** The exit status; null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Starts a client in a directory that is also its home. It uses no settings and no proxy of the machine. */
export function start(
  program: Program,
  args: readonly string[],
  folder: string,
  locale = 'C',
): { child: ChildProcess; ended: Promise<Exit> } {
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, LC_ALL: locale },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MAX_MILLISECONDS,
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

/** Runs a client and returns its output. @throws Error if it fails */
export async function run(program: Program, args: readonly string[], folder: string): Promise<Buffer> {
  const { code, stdout, stderr } = await start(program, args, folder).ended;
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}
