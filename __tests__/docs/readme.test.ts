import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../support/files';
import { PROJECT } from '../support/root';
import { start } from './support/program';

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
/** The first word above a program, and the name of what the program is for. */
const NAMES: Readonly<Record<string, string>> = { This: 'ES modules', The: 'CommonJS' };
const programs = [...readme.matchAll(/^(\w+)[^\n]*:\n\n```js\n(.*?)^```/gms)].map(
  ([, word = '', program = '']) => [NAMES[word] ?? word, program] as const,
);

test('the readme contains the same program twice, and one for each framework', () => {
  const names = ['ES modules', 'CommonJS', 'Express', 'Koa', 'Fastify', 'Hono'];
  expect(programs.map(([name]) => name)).toEqual(names);
});

test.each(programs)('the program for %s in the readme serves a file', async (name, program) => {
  const folder = folderWith({ 'public/a.txt': 'content' });
  const { origin } = await start(program, folder);
  const prefix = ['Koa', 'Fastify', 'Hono'].includes(name) ? '/static' : '';
  const response = await fetch(`${origin}${prefix}/a.txt`);
  expect([response.status, await response.text()]).toEqual([200, 'content']);
  expect((await fetch(`${origin}/missing`)).status).toBe(404);
});

test('the two commands that set up the repository are near the top', () => {
  const [start = ''] = readme.split('\n## Why');
  expect(start).toContain('```sh\nnpm ci && npm start\n```');
  expect(start).toContain('```sh\nnpm ci && npm test\n```');
});
