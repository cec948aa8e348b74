import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith } from '../support/files';
import { PROJECT } from '../support/root';
import { rawRequest } from '../support/server';
import { blocksUnder, start } from './support/program';

const DOCUMENT = 'docs/single-page-applications.md';
const folder = folderWith({
  'dist/index.html': 'page',
  'public/404.html': 'not here',
  'public/index.html': 'home',
});

/** The status, the text and the lifetime, for a browser that opens a page or loads a script. */
async function outcome(port: number, target: string, mode = 'navigate'): Promise<string> {
  const { status, headers, body } = await rawRequest(port, 'GET', target, [['Sec-Fetch-Mode', mode]]);
  return `${status} ${body.toString().trim()}, ${headers['cache-control'] ?? 'no lifetime'}`;
}

test('the first program sends the page for routes and 404 for missing scripts', async () => {
  const text = readFileSync(join(PROJECT, DOCUMENT), 'utf8');
  const program = /^```js\n(.*?)^```/ms.exec(text)?.[1] ?? '';
  const { port } = await start(program, folder);
  expect(await outcome(port, '/user/1%2F2')).toBe('200 page, no-cache');
  expect(await outcome(port, '/')).toBe('200 page, no-cache');
  expect(await outcome(port, '/assets/User-OLD.js', 'cors')).toBe('404 Not Found, no-store');
  expect(await outcome(port, '/assets/User-OLD.js')).toBe('404 Not Found, no-store');
});

test('the program with an application gives it its requests', async () => {
  const [program = ''] = blocksUnder(DOCUMENT, 'With an application behind it', 'js');
  const { port } = await start(program, folder);
  expect(await outcome(port, '/api/docs')).toContain('the API');
  expect(await outcome(port, '/apis')).toBe('200 page, no-cache');
});

test('the program with an error page sends it with 404 to browsers only', async () => {
  const [program = ''] = blocksUnder(DOCUMENT, 'A page for what is missing', 'js');
  const { port } = await start(program, folder);
  expect(await outcome(port, '/missing')).toBe('404 not here, no-store');
  expect((await rawRequest(port, 'GET', '/missing')).body.toString()).not.toContain('not here');
});
