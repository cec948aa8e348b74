import { folderWith, put } from '../../support/files';
import { served } from '../../support/cli';
import { rawRequest } from '../../support/server';

const NAVIGATE = [['Sec-Fetch-Mode', 'navigate']] as const;
const YEAR = 'max-age=31536000, public, immutable';

const folder = folderWith({ 'index.html': 'home', 'assets/app.js': 'app', 'sub/vendor.0a1b.js': 'vendor' });

async function cacheControlAt(port: number, ...targets: string[]): Promise<unknown[]> {
  const responses = await Promise.all(targets.map((target) => rawRequest(port, 'GET', target)));
  return responses.map(({ headers }) => headers['cache-control']);
}

test('an edit is sent with the next request, and an unchanged file responds 304', async () => {
  const site = folderWith({ 'index.html': 'before' });
  const port = await served(site);
  const { headers } = await rawRequest(port, 'GET', '/');
  expect(headers['cache-control']).toBe('no-cache');
  const condition = [['If-None-Match', String(headers['etag'])]] as const;
  expect((await rawRequest(port, 'GET', '/', condition)).status).toBe(304);
  put(`${site}/index.html`, 'behind');
  const { status, body } = await rawRequest(port, 'GET', '/', condition);
  expect([status, body.toString()]).toEqual([200, 'behind']);
});

test('--immutable selects files by name, by path, and by folder', async () => {
  const port = await served(folder, '--immutable', 'assets/', '--immutable', 'vendor.*.js');
  expect(await cacheControlAt(port, '/', '/assets/app.js', '/sub/vendor.0a1b.js')).toEqual([
    'no-cache',
    YEAR,
    YEAR,
  ]);
  const other = await served(folder, '--immutable', 'sub/*.js', '--cache-timeout', '60');
  expect(await cacheControlAt(other, '/', '/assets/app.js', '/sub/vendor.0a1b.js')).toEqual([
    'max-age=60, public',
    'max-age=60, public',
    YEAR,
  ]);
});

test('with --no-cache, no response may be stored, whatever the other options are', async () => {
  const port = await served(
    folder,
    '--no-cache',
    '--single',
    '--listing',
    '--cache-timeout',
    '60',
    '--immutable',
    '*.js',
  );
  expect(await cacheControlAt(port, '/', '/assets/', '/assets', '/assets/app.js', '/missing')).toEqual(
    Array(5).fill('no-store'),
  );
  const route = await rawRequest(port, 'GET', '/user/1', NAVIGATE);
  expect([route.body.toString(), route.headers['cache-control']]).toEqual(['home', 'no-store']);
  for (const { headers } of [route, await rawRequest(port, 'GET', '/assets/app.js')]) {
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('last-modified');
  }
});
