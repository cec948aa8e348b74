import { buildSync } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:net';
import { PROJECT } from '../../support/root';
import { freePort } from '../../support/server';

const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

/** The code blocks of a document below a heading, in any language or in one. */
export function blocksUnder(document: string, heading: string, language = '\\w+'): string[] {
  const text = readFileSync(join(PROJECT, document), 'utf8');
  const start = text.indexOf(`\n## ${heading}\n`);
  if (start === -1) throw new Error(`${document} has no heading '${heading}'`);
  const [section = ''] = text
    .slice(start + 1)
    .split(/^## /m, 2)
    .slice(1);
  return [...section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(
    ([, block = '']) => block,
  );
}

/** Writes a program of a document into a directory, with the package that it imports. Returns its name. */
export function bundle(program: string, folder: string): string {
  const outfile = join(folder, 'program.cjs');
  buildSync({
    stdin: { contents: program, resolveDir: PROJECT },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    alias: {
      'shared-data-middleware': join(PROJECT, 'src/index.ts'),
      ...Object.fromEntries(
        ['fetch', 'fastify', 'koa'].map((adapter) => [
          `shared-data-middleware/${adapter}`,
          join(PROJECT, `src/adapters/${adapter}.ts`),
        ]),
      ),
      'express-session': 'express-session-1.17',
    },
  });
  return outfile;
}

/** A program that listens on a port of its own. */
export interface RunningProgram {
  readonly origin: string;
  readonly port: number;
  readonly output: () => string;
  /** Sends SIGTERM. Resolves with the exit code, or null if the signal has ended the program. */
  readonly terminate: () => Promise<number | null>;
}

/** Runs a program of a document that listens on port 8000, on another port. Resolves with its output and origin. */
export async function start(
  program: string,
  folder: string,
  env: NodeJS.ProcessEnv = {},
): Promise<RunningProgram> {
  const port = await freePort();
  const file = bundle(program.replaceAll('8000', String(port)), folder);
  const child = spawn(process.execPath, [file], { cwd: folder, env: { ...process.env, ...env } });
  running.push(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`the program ended: ${output}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const terminate = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  };
  return { origin: `http://127.0.0.1:${port}`, port, output: () => output, terminate };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => {
      resolve(false);
    });
  });
}
