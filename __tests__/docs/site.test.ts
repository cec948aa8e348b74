import { execFileSync, spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { buildSync } from 'esbuild';
import { folderWith } from '../support/files';
import { rawRequest } from '../support/server';
import { PROJECT } from '../support/root';

const SITE = 'docs/examples/site';
const MEDIA = `${SITE}/public/media`;

const checkout = folderWith();
const children: ChildProcess[] = [];

/** The site gets its own checkout, so that other tests cannot remove or rebuild its files. */
beforeAll(() => {
  const isSource = (path: string) => path !== join(PROJECT, MEDIA);
  cpSync(join(PROJECT, SITE), join(checkout, SITE), { recursive: true, filter: isSource });
  cpSync(join(PROJECT, 'package.json'), join(checkout, 'package.json'));
  symlinkSync(join(PROJECT, 'node_modules'), join(checkout, 'node_modules'), 'junction');
  buildSync({
    entryPoints: [join(PROJECT, 'src/index.ts')],
    outfile: join(checkout, 'dist/index.js'),
    bundle: true,
    packages: 'external',
    platform: 'node',
  });
  createMedia();
}, 60_000);

afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

function createMedia(): string {
  return execFileSync(process.execPath, [join(SITE, 'make-media.mjs')], { cwd: checkout, encoding: 'utf8' });
}

function run(settings: Readonly<Record<string, string>>): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(process.execPath, [join(SITE, 'server.mjs')], {
    cwd: checkout,
    env: { ...process.env, HOST: undefined, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

/** Starts the server on a free port and returns the address that it prints. */
async function start(): Promise<{ address: string; port: number; child: ChildProcess }> {
  const child = run({ PORT: '0' });
  const [address] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { address, port: Number(new URL(address).port), child };
}

test('npm start builds the package, creates the media files and starts the server', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['start']?.split(' && ')).toEqual([
    'npm run build',
    `node ${SITE}/make-media.mjs`,
    `node ${SITE}/server.mjs`,
  ]);
});

test('the media files are created once, with the expected names and sizes', () => {
  const files = () => {
    const names = readdirSync(join(checkout, MEDIA));
    return names.map((name) => ({ name, ...pick(statSync(join(checkout, MEDIA, name))) }));
  };
  const before = files();
  expect(createMedia()).toBe('');
  expect(files()).toEqual(before);
  expect(before.map(({ name }) => name)).toEqual(['clock-dots.ttf', 'day.mp4', 'hills.png', 'melody.wav']);
  for (const { name, size } of before) expect([name, size > 2 ** 21]).toEqual([name, /mp4|wav/.test(name)]);
});

function pick({ size, mtimeMs, ino }: { size: number; mtimeMs: number; ino: number }) {
  return { size, mtimeMs, ino };
}

describe('the example server', () => {
  let site: { address: string; port: number };

  beforeAll(async () => {
    site = await start();
  });

  function get(path: string, init?: RequestInit): Promise<Response> {
    return fetch(new URL(path, site.address), init);
  }

  test('responds to / with the home page', async () => {
    const response = await get('/');
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toBe(readFileSync(join(checkout, SITE, 'public/index.html'), 'utf8'));
  });

  test.each([
    ['hills.png', 'image/png', '\x89PNG'],
    ['day.mp4', 'video/mp4', '\0\0\0\x20ftyp'],
    ['melody.wav', 'audio/wav', 'RIFF'],
    ['clock-dots.ttf', 'font/ttf', '\0\x01\0\0'],
  ])('serves %s as %s', async (name, type, beginning) => {
    const response = await get(`/media/${name}`);
    expect(response.headers.get('Content-Type')).toBe(type);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body.toString('latin1', 0, beginning.length)).toBe(beginning);
    expect(body.equals(readFileSync(join(checkout, MEDIA, name)))).toBe(true);
  });

  test('responds 206 to a range of the video', async () => {
    const response = await get('/media/day.mp4', { headers: { Range: 'bytes=100000-100009' } });
    expect(response.status).toBe(206);
    const part = readFileSync(join(checkout, MEDIA, 'day.mp4')).subarray(100_000, 100_010);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(part);
  });

  test('serves all links of its pages', async () => {
    const seen = new Set(['/']);
    for (const path of seen) {
      const response = await get(path);
      expect([path, response.status]).toEqual([path, path === '/nothing-here' ? 404 : 200]);
      if (!/html|css/.test(response.headers.get('Content-Type') ?? '')) continue;
      for (const [, link = ''] of (await response.text()).matchAll(/(?:href="|src="|url\(')(\/[^"']*)/g)) {
        seen.add(link);
      }
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        '/gallery.html',
        '/about.html',
        '/style.css',
        '/clock.js',
        '/logo.svg',
        '/server.mjs',
        ...readdirSync(join(checkout, MEDIA)).map((name) => `/media/${name}`),
      ]),
    );
  });

  test('responds to /api/time with the current time', async () => {
    const before = Date.now();
    const response = await get('/api/time');
    const { time } = (await response.json()) as { time: string };
    expect(response.headers.get('Content-Type')).toBe('application/json');
    expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
  });

  test('responds 404 with a page that does not contain text from the request', async () => {
    const response = await get('/<script>alert(1)</script>?q=<b>');
    expect(response.status).toBe(404);
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    const page = await response.text();
    expect(page).toContain('<h1>There is nothing here</h1>');
    expect(page).not.toContain('alert');
  });

  test('responds 304 to If-None-Match with the current ETag', async () => {
    const { status, headers } = await rawRequest(site.port, 'GET', '/style.css');
    const again = await rawRequest(site.port, 'GET', '/style.css', [
      ['If-None-Match', headers['etag'] ?? ''],
    ]);
    expect([status, again.status]).toEqual([200, 304]);
  });

  test.each([
    '/../server.mjs',
    '/../make-media.mjs',
    '/%2e%2e/make-media.mjs',
    '/media/..%2f..%2fmake-media.mjs',
    '/media\\..\\..\\make-media.mjs',
    '/server.mjs/../make-media.mjs',
  ])('responds 404 to a target outside its exports: %s', async (target) => {
    const { status, body } = await rawRequest(site.port, 'GET', target);
    expect(status).toBe(404);
    expect(body.toString()).toContain('There is nothing here');
  });
});

test('the example server listens on the loopback interface, or on HOST', async () => {
  const { address, port } = await start();
  expect(address).toBe(`http://127.0.0.1:${port}/`);
  const unavailable = run({ HOST: '192.0.2.1', PORT: '0' });
  expect(await once(unavailable, 'exit')).toEqual([1, null]);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops the example server even if a request is pending',
  async (signal) => {
    const { address, port, child } = await start();
    const pending = connect(port, '127.0.0.1').on('error', () => undefined);
    pending.write('GET /index.html HTTP/1.1\r\n');
    await (await fetch(address)).arrayBuffer();
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);
