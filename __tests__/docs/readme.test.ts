import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../support/files';
import { freePort } from '../support/server';
import { PROJECT } from '../support/root';

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
const programs = [
  ...readme.matchAll(/^(?:The shortest useful program|(\w+)[^\n]*):\n\n```js\n(.*?)^```/gms),
].map(([, framework = 'Node', program = '']) => [framework, program] as const);

let running: ChildProcess | undefined;
afterEach(async () => {
  running?.kill('SIGKILL');
  if (running?.exitCode === null) await once(running, 'exit');
});

async function fetchWhenReady(url: string): Promise<Response> {
  for (let attempt = 0; attempt < 600; attempt++) {
    try {
      return await fetch(url);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return fetch(url);
}

test('the readme contains a program for each framework', () => {
  expect(programs.map(([framework]) => framework)).toEqual(['Node', 'Express', 'Koa', 'Fastify', 'Hono']);
});

test.each(programs)(
  'the program for %s in the readme serves a file and has at most six lines',
  async (_framework, program) => {
    const port = await freePort();
    const folder = folderWith({ 'public/a.txt': 'content' });
    const text = program
      .replace('8000', String(port))
      .replace(/'shared-data-middleware(\/\w+)?'/g, (_name, adapter?: string) =>
        JSON.stringify(join(PROJECT, 'src', adapter === undefined ? 'index.ts' : `adapters${adapter}.ts`)),
      )
      .replace("'public'", JSON.stringify(join(folder, 'public')));
    expect(
      program
        .trim()
        .split('\n')
        .filter((line) => line !== '').length,
    ).toBeLessThanOrEqual(6);
    running = spawn(process.execPath, ['-r', 'esbuild-register', '-e', text], {
      cwd: PROJECT,
      stdio: 'inherit',
    });
    const response = await fetchWhenReady(`http://127.0.0.1:${port}/static/a.txt`);
    expect([response.status, await response.text()]).toEqual([200, 'content']);
    expect((await fetch(`http://127.0.0.1:${port}/missing`)).status).toBe(404);
  },
  60_000,
);
