import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Run } from '../support/cli';
import { folderWith } from '../support/files';
import { eventually } from '../support/process';
import { PROJECT } from '../support/root';
import { rawRequest } from '../support/server';
import { blocksUnder, bundle, start } from './support/program';

const LARGE = Buffer.alloc(30_000_000);

const recipe = (heading: string): string => blocksUnder('docs/cookbook.md', heading, 'js')[0] ?? '';

test('every recipe is tested', () => {
  const headings = readFileSync(join(PROJECT, 'docs/cookbook.md'), 'utf8').matchAll(/^## (.+)$/gm);
  const tests = readFileSync(__filename, 'utf8');
  for (const [, heading = ''] of headings) expect(tests).toContain(`test('${heading}: `);
});

test('Files behind a login: are private, and served to members only', async () => {
  const folder = folderWith({ 'members/index.html': 'index', 'members/minutes.txt': 'minutes' });
  const { origin } = await start(recipe('Files behind a login'), folder, { PASSWORD: 'lovelace' });
  const get = (path: string, cookie = ''): Promise<Response> =>
    fetch(origin + path, { redirect: 'manual', headers: { cookie } });
  const logIn = (password: string): Promise<Response> =>
    fetch(`${origin}/login`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ user: 'ada', password }),
    });

  const denied = await get('/members/minutes.txt');
  expect([denied.status, denied.headers.get('location')]).toEqual([302, '/login']);
  expect((await logIn('wrong')).headers.get('set-cookie')).toBeNull();
  expect((await fetch(`${origin}/login`, { method: 'POST', redirect: 'manual' })).status).toBe(302);
  const [cookie = ''] = ((await logIn('lovelace')).headers.get('set-cookie') ?? '').split(';');
  expect(await (await get('/members/', cookie)).text()).toBe('index');
  expect((await get('/members/missing', cookie)).status).toBe(404);
  const allowed = await get('/members/minutes.txt', cookie);
  expect([allowed.status, await allowed.text()]).toEqual([200, 'minutes']);
  expect(allowed.headers.get('cache-control')).toBe('max-age=43200, private');
});

test('A protected directory inside a public one: members read it, others get the 404 of the application', async () => {
  const folder = folderWith({ 'public/reports/2026.txt': 'report', 'public/a.txt': 'a' });
  const { port } = await start(recipe('A protected directory inside a public one'), folder, {
    TOKEN: 'secret',
  });
  const get = async (target: string, token: string): Promise<unknown[]> => {
    const { status, headers } = await rawRequest(port, 'GET', target, [['Authorization', `Bearer ${token}`]]);
    return [status, headers['cache-control']];
  };
  expect(await get('/reports/2026.txt', 'secret')).toEqual([200, 'max-age=43200, private']);
  for (const target of [
    '/reports/2026.txt',
    '/report%73/2026.txt',
    '/a/../reports/2026.txt',
    '/reports//2026.txt',
  ])
    expect(await get(target, 'wrong')).toEqual([404, 'no-store']);
  expect((await rawRequest(port, 'GET', '/reports/2026.txt')).status).toBe(404);
  expect(await get('/a.txt', 'wrong')).toEqual([200, 'max-age=43200, public']);
});

test('A protected directory inside a public one: in Express, members read it after a login', async () => {
  const folder = folderWith({ 'public/reports/index.html': 'reports', 'public/login.html': 'form' });
  const [, program = ''] = blocksUnder('docs/cookbook.md', 'A protected directory inside a public one', 'js');
  const { origin } = await start(program, folder, { PASSWORD: 'lovelace' });
  const get = (path: string, cookie = ''): Promise<Response> =>
    fetch(origin + path, { redirect: 'manual', headers: { cookie } });
  const logIn = (password: string): Promise<Response> =>
    fetch(`${origin}/login`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ password }) });

  const form = await get('/login.html');
  expect([await form.text(), form.headers.get('set-cookie')]).toEqual(['form', null]);
  for (const path of ['/reports/', '/reports/index.html', '/report%73/index.html'])
    expect((await get(path)).status).toBe(path.startsWith('/reports/') ? 302 : 404);
  expect((await logIn('wrong')).headers.get('set-cookie')).toBeNull();
  const [cookie = ''] = ((await logIn('lovelace')).headers.get('set-cookie') ?? '').split(';');
  expect(await (await get('/reports/', cookie)).text()).toBe('reports');
  expect((await get('/reports/', cookie)).headers.get('cache-control')).toBe('private, no-cache');
  expect(form.headers.get('cache-control')).toBe('public, max-age=3600');
});

test.each([
  ['Files behind a login', 'PASSWORD'],
  ['A protected directory inside a public one', 'TOKEN'],
])('%s: does not start without %s, which would let everybody in', async (heading, variable) => {
  const starting = start(recipe(heading), folderWith(), { [variable]: undefined });
  await expect(starting).rejects.toThrow(`set the environment variable ${variable}`);
});

test('Downloads: are saved, and continue', async () => {
  const { port } = await start(recipe('Downloads'), folderWith({ 'reports/2026.pdf': '%PDF-' }));
  const { status, headers, body } = await rawRequest(port, 'GET', '/downloads/2026.pdf', [
    ['Range', 'bytes=1-'],
  ]);
  expect([status, body.toString()]).toEqual([206, 'PDF-']);
  expect(headers['content-disposition']).toBe('attachment');
});

test('Fonts and CORS: only fonts can be used by other origins', async () => {
  const folder = folderWith({ 'assets/font.0a1b2c3d.woff2': 'font', 'assets/app.js': 'app' });
  const { port } = await start(recipe('Fonts and CORS'), folder);
  const font = await rawRequest(port, 'GET', '/assets/font.0a1b2c3d.woff2');
  expect(font.headers).toMatchObject({
    'access-control-allow-origin': '*',
    'cache-control': 'max-age=31536000, public, immutable',
  });
  expect((await rawRequest(port, 'GET', '/assets/app.js')).headers).not.toHaveProperty(
    'access-control-allow-origin',
  );
});

test('A single-page application: routes get the page, and missing scripts do not', async () => {
  const folder = folderWith({ 'dist/index.html': 'page', 'dist/assets/app.js': 'app' });
  const { port } = await start(recipe('A single-page application'), folder);
  const navigation = [['Sec-Fetch-Mode', 'navigate']] as const;
  const route = await rawRequest(port, 'GET', '/user/1%2F2', navigation);
  expect([route.status, route.body.toString(), route.headers['cache-control']]).toEqual([
    200,
    'page',
    'no-cache',
  ]);
  const missing = await rawRequest(port, 'GET', '/assets/old.js');
  expect([missing.status, missing.headers['cache-control']]).toEqual([404, 'no-store']);
});

test('An API beside a single-page application: the API has its own 404, routes get the page', async () => {
  const folder = folderWith({ 'dist/index.html': 'page' });
  const { port } = await start(recipe('An API beside a single-page application'), folder);
  const get = async (target: string): Promise<unknown[]> => {
    const { status, body } = await rawRequest(port, 'GET', target, [['Sec-Fetch-Mode', 'navigate']]);
    return [status, body.toString()];
  };
  expect(await get('/user/1')).toEqual([200, 'page']);
  expect(await get('/api/time')).toEqual([200, expect.stringMatching(/^{"time":"/)]);
  expect(await get('/api/missing')).toEqual([404, expect.stringContaining('no such resource')]);
});

test('A page for 404: has the status 404, whatever the path and the conditions', async () => {
  const folder = folderWith({ 'public/404.html': 'not here', 'public/index.html': 'home' });
  const { port } = await start(recipe('A page for 404'), folder);
  expect((await rawRequest(port, 'GET', '/')).body.toString()).toBe('home');
  for (const target of ['/missing', '/a/b/c?d']) {
    const { status, headers, body } = await rawRequest(port, 'GET', target, [['If-None-Match', '*']]);
    expect([status, body.toString(), headers['cache-control']]).toEqual([404, 'not here', 'no-store']);
  }
});

test('Video and PDF: are served in ranges', async () => {
  const { port } = await start(recipe('Video and PDF'), folderWith({ 'media/film.mp4': '0123456789' }));
  const { status, headers, body } = await rawRequest(port, 'GET', '/media/film.mp4', [
    ['Range', 'bytes=4-6'],
  ]);
  expect([status, body.toString(), headers['content-type']]).toEqual([206, '456', 'video/mp4']);
});

test('Several tenants by Host: each host gets its files, and others get none', async () => {
  const folder = folderWith({ 'sites/one/index.html': 'one', 'sites/two/index.html': 'two' });
  const { port } = await start(recipe('Several tenants by Host'), folder);
  const get = (host: string): string =>
    execFileSync(process.execPath, ['-e', REQUEST, String(port), host], { encoding: 'utf8' }).trim();
  expect(get('one.example')).toBe('200 one');
  expect(get('TWO.example:8000')).toBe('200 two');
  expect(get('../one.example')).toMatch(/^421 /);
  expect(get('three.example')).toMatch(/^421 /);
});

/** `fetch` does not let a program set Host. */
const REQUEST = `
  const [port, host] = process.argv.slice(1);
  require('node:http').get({ port, host: '127.0.0.1', headers: { host } }, async (res) => {
    console.log(res.statusCode, (await res.setEncoding('utf8').toArray()).join(''));
  });`;

test('Languages: the client gets the first that it prefers and that there is', async () => {
  const folder = folderWith({
    'pages/en/index.html': 'english',
    'pages/de/index.html': 'deutsch',
    'pages/en/only.html': 'only english',
  });
  const { port } = await start(recipe('Languages'), folder);
  const get = async (target: string, languages: string): Promise<unknown> => {
    const { headers, body } = await rawRequest(port, 'GET', target, [['Accept-Language', languages]]);
    return [body.toString(), headers['vary']];
  };
  expect(await get('/', 'de-AT, de;q=0.9, en;q=0.8')).toEqual(['deutsch', 'Accept-Language']);
  expect(await get('/', 'fr')).toEqual(['english', 'Accept-Language']);
  expect(await get('/only.html', 'de')).toEqual(['only english', 'Accept-Language']);
});

test('With the middleware `compression`: files keep strong ETags, pages are compressed', async () => {
  const folder = folderWith({ 'public/app.js': 'app'.repeat(1000), 'public/app.js.gz': 'gzip' });
  const { port } = await start(recipe('With the middleware `compression`'), folder);
  const gzip = [['Accept-Encoding', 'gzip']] as const;
  const file = await rawRequest(port, 'GET', '/static/app.js', gzip);
  expect([file.body.toString(), file.headers['content-encoding']]).toEqual(['gzip', 'gzip']);
  expect(file.headers['etag']).toMatch(/^"/);
  expect((await rawRequest(port, 'GET', '/', gzip)).headers['content-encoding']).toBe('gzip');
});

test('With sessions: public files have no Set-Cookie', async () => {
  const { port } = await start(recipe('With sessions'), folderWith({ 'public/a.txt': 'a' }));
  const { headers } = await rawRequest(port, 'GET', '/static/a.txt');
  expect(headers['cache-control']).toBe('max-age=43200, public');
  expect(headers).not.toHaveProperty('set-cookie');
  expect((await rawRequest(port, 'GET', '/')).headers).toHaveProperty('set-cookie');
});

test('Signed URLs: work until they expire, for one path', async () => {
  const folder = folderWith({ 'private/report.txt': 'report', 'private/other.txt': 'other' });
  const { port, output } = await start(recipe('Signed URLs'), folder);
  const signed = output().trim();
  const status = async (target: string): Promise<number> => (await rawRequest(port, 'GET', target)).status;
  expect(await status(signed)).toBe(200);
  expect(await status(signed.replace('report', 'other'))).toBe(404);
  expect(await status(`http://:x${signed}`)).toBe(200); // no URL, but its path is one of a file
  expect(await status(signed.replace(/expires=\d+/, 'expires=9999999999'))).toBe(404);
  expect(await status('/private/report.txt')).toBe(404);
  const expired = recipe('Signed URLs').replace("'report.txt', 600", "'report.txt', -1");
  const late = await start(expired, folder);
  expect((await rawRequest(late.port, 'GET', late.output().trim())).status).toBe(404);
});

test('Files that users have uploaded: are saved, and cannot run', async () => {
  const folder = folderWith({ 'uploads/page.html': '<script>alert(1)</script>' });
  const { port } = await start(recipe('Files that users have uploaded'), folder);
  expect((await rawRequest(port, 'GET', '/uploads/page.html')).headers).toMatchObject({
    'content-disposition': 'attachment',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  });
});

test('Behind a CDN: hashed files are kept for a year, pages for a minute', async () => {
  const folder = folderWith({ 'dist/index.html': 'page', 'dist/app.0a1b2c3d.js': 'app' });
  const { port } = await start(recipe('Behind a CDN'), folder);
  const lifetime = async (target: string): Promise<string | undefined> =>
    (await rawRequest(port, 'GET', target)).headers['cache-control'];
  expect(await lifetime('/')).toBe('public, max-age=0, s-maxage=60, must-revalidate');
  expect(await lifetime('/app.0a1b2c3d.js')).toBe('max-age=31536000, public, immutable');
});

/** The arguments of the command in a line of a configuration, with another port. */
function commandLine(parts: readonly string[]): string[] {
  const args = parts.slice(parts.findIndex((part) => part.endsWith('/dist/cli/main.js')) + 1);
  return args.map((arg) => (arg === '8000' ? '0' : arg.replace('/srv/site/', '')));
}

test('Docker: the command of the image serves the files', async () => {
  const [image = ''] = blocksUnder('docs/cookbook.md', 'Docker', 'dockerfile');
  const [, command = ''] = /^CMD (.+)$/m.exec(image) ?? [];
  const run = new Run(commandLine(JSON.parse(command) as string[]), folderWith({ 'dist/a.txt': 'a' }));
  const [, port] = await run.prints(/:(\d+)\//);
  expect((await rawRequest(Number(port), 'GET', '/a.txt', [])).body.toString()).toBe('a');
});

/** The words of the ExecStart line of a unit that runs the command. */
function execStart(heading: string): string[] {
  const [unit = ''] = blocksUnder('docs/cookbook.md', heading, 'ini');
  const [, command = ''] = /^ExecStart=(.+)$/m.exec(unit) ?? [];
  return commandLine(command.split(' '));
}

test('systemd: the command of the service serves the files', async () => {
  const run = new Run(execStart('systemd'), folderWith({ 'dist/a.txt': 'a' }));
  const [, port] = await run.prints(/:(\d+)\//);
  expect((await rawRequest(Number(port), 'GET', '/a.txt', [])).body.toString()).toBe('a');
});

test('systemd: a program of your own ends after the response in progress when it is stopped', async () => {
  const { port, origin, terminate } = await start(recipe('systemd'), folderWith({ 'dist/a.bin': LARGE }));
  const download = await fetch(`${origin}/a.bin`);
  const reader = (download.body as ReadableStream<Uint8Array>).getReader();
  let received = (await reader.read()).value?.length ?? 0;
  const ended = terminate();
  await eventually(async () => {
    await expect(rawRequest(port, 'GET', '/api/time')).rejects.toThrow('ECONNREFUSED');
  });
  for (let part = await reader.read(); !part.done; part = await reader.read()) received += part.value.length;
  expect([received, await ended]).toEqual([LARGE.length, 0]);
});

test('A Vite application, from build to service: is compressed once, and its routes get the page', async () => {
  const [image = ''] = blocksUnder(
    'docs/cookbook.md',
    'A Vite application, from build to service',
    'dockerfile',
  );
  const [, compress = ''] = /npx shared-data-middleware (compress .+)$/m.exec(image) ?? [];
  const [, command = ''] = /^CMD (.+)$/m.exec(image) ?? [];
  const folder = folderWith({ 'dist/index.html': 'page', 'dist/assets/app-0a.js': 'app '.repeat(1000) });
  expect(await new Run(compress.split(' '), folder).outcome).toBe(0);
  const run = new Run(commandLine(JSON.parse(command) as string[]), folder);
  const [, port] = await run.prints(/:(\d+)\//);
  const script = await rawRequest(Number(port), 'GET', '/assets/app-0a.js', [['Accept-Encoding', 'br']]);
  expect(script.headers).toMatchObject({
    'content-encoding': 'br',
    'cache-control': 'max-age=31536000, public, immutable',
  });
  const route = await rawRequest(Number(port), 'GET', '/user/1', [['Accept', 'text/html']]);
  expect([route.status, route.body.toString()]).toEqual([200, 'page']);

  const service = execStart('A Vite application, from build to service');
  const flags = ['--single', '--immutable', 'assets/', '--precompressed'];
  expect(service).toEqual(expect.arrayContaining(flags));
});

test('AWS Lambda: responds to events in format 2.0', () => {
  const folder = folderWith({ 'dist/index.html': 'home' });
  const file = bundle(recipe('AWS Lambda'), folder);
  const respond = (rawPath: string): unknown => {
    const event = {
      rawPath,
      rawQueryString: '',
      headers: { 'accept-encoding': 'gzip' },
      requestContext: { domainName: 'abc.lambda-url.example', http: { method: 'GET' } },
    };
    const script =
      'require(process.argv[1]).handler(JSON.parse(process.argv[2])).then((r) => console.log(JSON.stringify(r)))';
    return JSON.parse(
      execFileSync(process.execPath, ['-e', script, file, JSON.stringify(event)], {
        cwd: folder,
        encoding: 'utf8',
      }),
    );
  };
  expect(respond('/')).toMatchObject({
    statusCode: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: Buffer.from('home').toString('base64'),
    isBase64Encoded: true,
  });
  expect(respond('/missing')).toMatchObject({ statusCode: 404 });
});
