import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ENTRY, REGISTER } from '../../support/cli';
import { folderWith } from '../../support/files';
import { eventually } from '../../support/process';
import { PROJECT } from '../../support/root';

// The others are installed from npm.
jest.setTimeout(120_000);

const site = folderWith({
  'index.html': '<!doctype html><title>home</title>',
  'about.html': '<!doctype html><title>about</title>',
  '404.html': '<!doctype html><title>not found</title>',
  '.env': 'secret',
  'files/a.txt': 'abc',
  'big.js': 'aaaa'.repeat(5000),
});
const others = folderWith({ 'package.json': '{ "private": true }' });
const children: ChildProcess[] = [];

beforeAll(() => {
  const packages = ['serve@14.2', 'sirv-cli@3.0', 'http-server@14.1'];
  const args = ['install', '--prefix', others, '--no-audit', '--no-fund', '--ignore-scripts', ...packages];
  execFileSync('npm', args, { cwd: others, stdio: 'pipe' });
});

afterAll(async () => {
  for (const child of children) {
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
  }
});

const bin = (name: string): string => join(others, 'node_modules/.bin', name);

/** The arguments of Node for each command, with its column in docs/command.md. */
const COMMANDS: Record<string, (port: string) => string[]> = {
  'shared-data': (port) => ['-r', REGISTER, ENTRY, site, '--port', port],
  serve: (port) => [bin('serve'), site, '-l', `tcp://127.0.0.1:${port}`],
  'sirv-cli': (port) => [bin('sirv'), site, '--host', '127.0.0.1', '--port', port],
  'http-server': (port) => [bin('http-server'), site, '-a', '127.0.0.1', '-p', port],
  'vite preview': (port) => [
    join(PROJECT, 'node_modules/vite/bin/vite.js'),
    ...['preview', '--outDir', site, '--host', '127.0.0.1', '--port', port, '--strictPort'],
  ],
};

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Get = (path: string, headers?: Record<string, string>, method?: string) => Promise<Response>;

function client(port: number): Get {
  return async (path, headers = {}, method = 'GET') => {
    const sent = request({ host: '127.0.0.1', port, path, headers, method }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  };
}

/** Starts a command on a free port. Resolves when it responds. */
async function started(command: (port: string) => string[]): Promise<Get> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  children.push(spawn(process.execPath, command(String(port)), { cwd: others, stdio: 'ignore' }));
  const get = client(port);
  await eventually(async () => {
    await get('/');
  }, 30);
  return get;
}

const PAGE = { 'Sec-Fetch-Mode': 'navigate', Accept: 'text/html,*/*;q=0.8' };
const yes = (isTrue: boolean): string => (isTrue ? 'yes' : 'no');

async function revalidates(get: Get): Promise<boolean> {
  const { etag, 'last-modified': modified } = (await get('/files/a.txt')).headers;
  const conditions = {
    ...(etag === undefined ? {} : { 'If-None-Match': etag }),
    ...(modified === undefined ? {} : { 'If-Modified-Since': modified }),
  };
  return (await get('/files/a.txt', conditions)).status === 304;
}

/** The rows of the table in docs/command.md: how a command responds. */
const ROWS: Record<string, (get: Get) => Promise<string>> = {
  '`/` sends `index.html`': async (get) => yes((await get('/', PAGE)).body.includes('home')),
  'a folder without an index is listed': async (get) =>
    yes((await get('/files/', PAGE)).body.includes('a.txt')),
  '`/about` sends `about.html`': async (get) =>
    yes((await get('/about', PAGE)).body.includes('<title>about')),
  'a missing page gets `404.html` with 404': async (get) => {
    const { status, body } = await get('/missing', PAGE);
    return yes(status === 404 && body.includes('<title>not found'));
  },
  'a missing script gets no page': async (get) => yes(!(await get('/missing.js')).body.includes('<title>')),
  'Cache-Control': async (get) => {
    const value = (await get('/')).headers['cache-control'];
    return value === undefined ? 'none' : `\`${value}\``;
  },
  'an unchanged file gets 304': async (get) => yes(await revalidates(get)),
  '`.env` is not sent': async (get) => yes(!(await get('/.env')).body.includes('secret')),
  'several byte ranges in one request': async (get) => {
    const { headers } = await get('/files/a.txt', { Range: 'bytes=0-0,2-2' });
    return yes(String(headers['content-type']).startsWith('multipart/byteranges'));
  },
  'the host of another website is refused': async (get) =>
    yes((await get('/', { Host: 'evil.example' })).status === 403),
  'POST to a file is refused': async (get) => yes((await get('/files/a.txt', {}, 'POST')).status >= 400),
  'a script of 20 KB is compressed': async (get) => {
    // Ours is compressed in the background, when it has been requested.
    let coding: string | undefined;
    for (let attempt = 0; attempt < 100 && coding === undefined; attempt++)
      coding = (await get('/big.js', { 'Accept-Encoding': 'gzip, br' })).headers['content-encoding'];
    return yes(coding !== undefined);
  },
};

/** The cells of the table below a heading of a column, by the first cell of their row. */
function column(name: string): Record<string, string | undefined> {
  const [, table = ''] = readFileSync(join(PROJECT, 'docs/command.md'), 'utf8').split('## Compared');
  const rows = [...table.matchAll(/^\|(.+)\|$/gm)].map(([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  );
  const [heading = [], , ...body] = rows;
  const at = heading.indexOf(name);
  return Object.fromEntries(
    body.map(([first = '', ...cells]): [string, string | undefined] => [first, cells[at - 1]]),
  );
}

test.each(Object.entries(COMMANDS))(
  'the table in docs/command.md shows how %s responds',
  async (name, command) => {
    const get = await started(command);
    const cells: Record<string, string> = {};
    for (const [row, probe] of Object.entries(ROWS)) cells[row] = await probe(get);
    expect(cells).toEqual(column(name));
  },
);
