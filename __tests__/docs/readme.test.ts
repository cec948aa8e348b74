import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../support/files';
import { eventually } from '../support/process';
import { PROJECT } from '../support/root';
import { start } from './support/program';

const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
/** The first word above a program, and the name of what the program is for. */
const NAMES: Readonly<Record<string, string>> = {
  This: 'ES modules',
  The: 'CommonJS',
  Override: 'isAllowed',
};
const programs = [...readme.matchAll(/^(\w+)[^\n]*:\n\n```js\n(.*?)^```/gms)].map(
  ([, word = '', program = '']) => [NAMES[word] ?? word, program] as const,
);

test('the readme contains the same program twice, one with isAllowed, and one for each framework', () => {
  const names = ['ES modules', 'CommonJS', 'isAllowed', 'Express', 'Koa', 'Fastify', 'Hono'];
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

test('the program with isAllowed sends the files of members only to the one who has the password', async () => {
  const [, program = ''] = programs.find(([name]) => name === 'isAllowed') ?? [];
  const folder = folderWith({ 'public/members/report.txt': 'report', 'public/a.txt': 'content' });
  const { origin, output } = await start(program, folder);
  const denied = await fetch(`${origin}/members/report.txt`);
  expect([denied.status, denied.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="members"']);
  await eventually(() => {
    expect(output()).toContain('password ');
  });
  const [password = ''] = /(?<=password )\S+/.exec(output()) ?? [];
  const headers = { Authorization: `Basic ${btoa(`ada:${password}`)}` };
  const allowed = await fetch(`${origin}/members/report.txt`, { headers });
  expect([allowed.status, await allowed.text()]).toEqual([200, 'report']);
  expect(allowed.headers.get('cache-control')).toMatch(/\bprivate\b/);
});

test('the two commands that set up the repository are near the top', () => {
  const [start = ''] = readme.split('\n## Why');
  expect(start).toContain('```sh\nnpm ci && npm start\n```');
  expect(start).toContain('```sh\nnpm ci && npm test\n```');
});
