import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { HOME } from './home';
import type { CommandLine } from './runtimes';

const run = promisify(execFile);

/** Runs a command that ends by itself, and resolves with what it writes to stdout and stderr. */
export async function outputOf([program, ...args]: CommandLine): Promise<string> {
  const { stdout, stderr } = await run(program, args, { cwd: HOME, timeout: 60_000 });
  return stdout + stderr;
}
