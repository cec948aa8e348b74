import { once } from 'node:events';
import { createServer } from 'node:net';
import { folderWith } from '../../support/files';
import { rawRequest } from '../../support/server';
import { outcome, Run, served } from '../../support/cli';
import { statusesAt } from './listing-support';

// Starting a process takes long on a busy machine.
jest.setTimeout(60_000);

const site = {
  'index.html': 'home',
  'about.html': 'about',
  'blog/index.html': 'blog',
  'files/a.txt': 'abc',
};

async function bodyAt(port: number, target: string): Promise<string> {
  return (await rawRequest(port, 'GET', target)).body.toString();
}

/** Occupies the default port for the rest of the test, unless another program has it anyway. */
async function occupyDefaultPort(): Promise<() => void> {
  const server = createServer();
  server.listen(8000, '127.0.0.1');
  await Promise.race([once(server, 'listening'), once(server, 'error')]).catch(() => undefined);
  return () => server.close();
}

test('without options, the command serves index.html and lists other folders', async () => {
  const port = await served(folderWith(site));
  expect([await bodyAt(port, '/'), await bodyAt(port, '/blog/')]).toEqual(['home', 'blog']);
  expect(await bodyAt(port, '/files/')).toContain('a.txt');
  expect(await statusesAt(port, '/about', '/blog', '/files')).toEqual([404, 308, 308]);
});

test('--no-index serves folders without their index.html', async () => {
  const folder = folderWith(site);
  expect(await bodyAt(await served(folder, '--no-index'), '/blog/')).toContain('index.html');
  expect(await statusesAt(await served(folder, '--no-index', '--no-listing'), '/', '/blog/')).toEqual([
    404, 404,
  ]);
  expect(await bodyAt(await served(folder, '--no-index', '--index', 'about.html'), '/')).toBe('about');
});

test.each(['html', '.html'])('--extensions %s lets URLs omit .html', async (extension) => {
  const port = await served(folderWith(site), '--extensions', extension);
  expect([await bodyAt(port, '/about'), await bodyAt(port, '/about.html')]).toEqual(['about', 'about']);
});

test('--single turns the listing off, because a route may have the name of a folder', async () => {
  const port = await served(folderWith(site), '-s');
  const { body } = await rawRequest(port, 'GET', '/files/', [['Sec-Fetch-Mode', 'navigate']]);
  expect(body.toString()).toBe('home');
});

test('short options have the meaning of the long ones, alone and in a group', async () => {
  const [help, version] = [await outcome('-h'), await outcome('-v')];
  expect(help).toEqual(await outcome('--help'));
  expect(version).toEqual(await outcome('--version'));
  const run = new Run(['-qsp', '0'], folderWith(site));
  const port = await run.port();
  const route = await rawRequest(port, 'GET', '/user', [['Sec-Fetch-Mode', 'navigate']]);
  expect(route.body.toString()).toBe('home');
  run.child.kill('SIGTERM');
  await run.outcome;
  expect(run.stdout).toBe(`http://127.0.0.1:${port}/\n`);
});

test.each([[[]], [['--workers', '2']]])(
  'with %j, if the default port is in use, the next free one is used and named',
  async (options) => {
    const release = await occupyDefaultPort();
    const run = new Run([folderWith(site), ...options]);
    const port = await run.port();
    await run.printsError(/\n/);
    expect(port).toBeGreaterThan(8000);
    for (let request = 0; request < 5; request++) expect(await bodyAt(port, '/')).toBe('home');
    run.child.kill('SIGTERM');
    expect(await run.outcome).toBe(0);
    release();
    expect(run.stderr).toBe(`shared-data: port 8000 is in use, serving on port ${port}\n`);
  },
);

test('--port names the only port that is tried', async () => {
  const port = await served(folderWith());
  const line = `shared-data: cannot listen on http://127.0.0.1:${port}/: address already in use\n`;
  expect(await outcome('--port', String(port))).toEqual({ code: 1, stdout: null, stderr: line });
  expect(await outcome('-p', String(port))).toEqual({ code: 1, stdout: null, stderr: line });
});

test('--host 0.0.0.0 prints a URL for each address of the machine, the one of the loopback interface first', async () => {
  const run = new Run(['-p', '0', '--host', '0.0.0.0'], folderWith(site));
  const port = await run.port();
  for (const url of run.stdout.trim().split('\n')) {
    expect(url).toMatch(new RegExp(`^http://[\\d.]+:${port}/$`));
    expect(await (await fetch(url)).text()).toBe('home');
  }
});
