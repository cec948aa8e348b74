import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { put } from '../../support/files';
import { eventually } from '../../support/process';
import { PROJECT } from '../../support/root';
import { freePort } from '../../support/server';
import { HOME } from './support/home';
import { bun, deno } from './support/runtimes';
import { ServerProcess } from './support/server-process';

const document = readFileSync(join(PROJECT, 'docs/frameworks.md'), 'utf8');

beforeAll(() => {
  put(join(HOME, 'public/a.txt'), 'content');
});

test.each([
  ['Bun', bun],
  ['Deno', deno],
])('the program for %s in docs/frameworks.md serves the directory', async (name, { run }) => {
  const program = new RegExp(`^## ${name}$.*?^\`\`\`js\n(.*?)^\`\`\``, 'ms').exec(document)?.[1] ?? '';
  const port = await freePort();
  const file = join(HOME, `document-${name}.mjs`);
  put(file, program.replace('8000', String(port)));
  const running = new ServerProcess(run(file));
  await eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${port}/static/a.txt`);
    expect([response.status, await response.text()]).toEqual([200, 'content']);
  }, 10);
  expect((await fetch(`http://127.0.0.1:${port}/a.txt`)).status).toBe(404);
  expect(running.output).not.toContain('rror');
});
