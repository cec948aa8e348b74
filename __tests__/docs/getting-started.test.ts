import { folderWith } from '../support/files';
import { rawRequest } from '../support/server';
import { blocksUnder, start } from './support/program';

const FILES = { 'public/index.html': '<h1>Hello</h1>\n', 'public/style.css': 'body { color: teal }\n' };

const program = (heading: string): string => blocksUnder('docs/getting-started.md', heading, 'js')[0] ?? '';

test('step 1 serves the directory with the header fields that the guide shows', async () => {
  const { port } = await start(program('1. Serve a directory'), folderWith(FILES));
  expect((await rawRequest(port, 'GET', '/')).body.toString()).toBe('<h1>Hello</h1>\n');
  const { headers } = await rawRequest(port, 'GET', '/style.css');
  const [shown = ''] = blocksUnder('docs/getting-started.md', '1. Serve a directory', 'text');
  for (const [, name = '', value = ''] of shown.matchAll(/^([\w-]+): (.+)$/gm)) {
    expect(`${name}: ${headers[name.toLowerCase()] ?? ''}`).toMatch(
      name === 'ETag' ? /^ETag: "/ : `${name}: ${value}`,
    );
  }
});

test('step 2 passes other requests to the application', async () => {
  const { port } = await start(program('2. Add your application'), folderWith(FILES));
  expect((await rawRequest(port, 'GET', '/time')).body.toString()).toMatch(/^\d{4}-/);
  expect((await rawRequest(port, 'GET', '/missing')).status).toBe(404);
  expect((await rawRequest(port, 'GET', '/style.css')).status).toBe(200);
});

test('step 3 serves files for members to members only', async () => {
  const folder = folderWith({ ...FILES, 'members/minutes.txt': 'minutes', 'members/minutes.txt.gz': 'gzip' });
  const { port } = await start(program('3. Decide who may read a file'), folder, { PASSWORD: 'secret' });
  const get = (target: string, credentials?: string): ReturnType<typeof rawRequest> =>
    rawRequest(
      port,
      'GET',
      target,
      credentials === undefined
        ? []
        : [['Authorization', `Basic ${Buffer.from(credentials).toString('base64')}`]],
    );
  const denied = await get('/members/minutes.txt');
  expect([denied.status, denied.headers['www-authenticate']]).toEqual([401, 'Basic realm="members"']);
  expect((await get('/members/minutes.txt', 'ada:wrong')).status).toBe(401);
  for (const target of ['/members/%6dinutes.txt', '/%6dembers/minutes.txt', '/members/minutes.txt.gz']) {
    expect((await get(target)).status).toBeGreaterThanOrEqual(401);
  }
  const allowed = await get('/members/minutes.txt', 'ada:secret');
  expect([allowed.body.toString(), allowed.headers['cache-control']]).toEqual([
    'minutes',
    'max-age=43200, private',
  ]);
  expect((await get('/')).status).toBe(200);
});

test('step 4 serves clean URLs, stored encodings and hashed names', async () => {
  const folder = folderWith({
    ...FILES,
    'public/style.css.br': 'brotli',
    'public/about.html': 'about',
    'public/app.0a1b2c3d.js': 'app',
  });
  const { port } = await start(program('4. Prepare for production'), folder);
  const about = await rawRequest(port, 'GET', '/about');
  expect([about.body.toString(), about.headers['cache-control']]).toEqual(['about', 'no-cache']);
  const style = await rawRequest(port, 'GET', '/style.css', [['Accept-Encoding', 'br']]);
  expect(style.body.toString()).toBe('brotli');
  expect((await rawRequest(port, 'GET', '/app.0a1b2c3d.js')).headers['cache-control']).toBe(
    'max-age=31536000, public, immutable',
  );
});
