import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../../../support/files';
import { eventually } from '../../../support/process';
import { PROJECT } from '../../../support/root';

const MAX_START_SECONDS = 45;

/** Wine shows the whole file system as drive Z. */
export function onWindows(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/** Node for Windows as a process. */
export interface WindowsProcess {
  readonly pid: number;
  /** The first line that it printed. */
  readonly firstLine: string;
  /** What it has printed so far, on stdout and stderr. */
  readonly printed: () => string;
  readonly isRunning: () => boolean;
}

const running = new Set<ChildProcess>();

afterAll(async () => {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

/** Starts a program of the project, and waits until it has printed a line. It is killed after the tests. */
export async function startOnWindows(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<WindowsProcess> {
  const node = process.env['NODE_FOR_WINDOWS'];
  if (node === undefined) throw new Error('expected NODE_FOR_WINDOWS, which .ci/windows sets');
  // Wine cannot open the pipes of Node, which are sockets.
  const files = ['stdout', 'stderr'].map((name) => join(folderWith({ [name]: '' }), name));
  const [stdout = ''] = files;
  const [output, errors] = files.map((file) => openSync(file, 'w'));
  const child = spawn('wine', [node, onWindows(join(PROJECT, program)), ...args], {
    cwd,
    stdio: ['ignore', output, errors],
  });
  for (const descriptor of [output, errors]) if (descriptor !== undefined) closeSync(descriptor);
  running.add(child);
  child.on('close', () => running.delete(child));

  const printed = (): string => files.map((file) => readFileSync(file, 'utf8')).join('');
  const lineEnd = (): number => readFileSync(stdout, 'utf8').indexOf('\n');
  await eventually(() => {
    if (running.has(child) && lineEnd() === -1) throw new Error(`${program} has printed nothing`);
  }, MAX_START_SECONDS);
  const { pid } = child;
  if (lineEnd() === -1 || pid === undefined) throw new Error(`${program} ended: ${printed()}`);
  return {
    pid,
    firstLine: readFileSync(stdout, 'utf8').slice(0, lineEnd()),
    printed,
    isRunning: () => running.has(child),
  };
}

/** The short names that Wine gives to files and directories, by their names. */
export function shortNamesBelow(folder: string): Record<string, string> {
  const args = ['cmd', '/c', 'dir', '/x', '/s', onWindows(folder)];
  const { stdout } = spawnSync('wine', args, { encoding: 'utf8', timeout: 30_000 });
  const lines = stdout.matchAll(/ (?:<DIR>|[\d,]+) +(\S*~\S*) (.+?)\r?$/gm);
  return Object.fromEntries(Array.from(lines, ([, short = '', name = '']) => [name.trim(), short]));
}
