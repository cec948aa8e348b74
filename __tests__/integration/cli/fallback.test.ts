import { join } from 'node:path';
import { folderWith, put } from '../../support/files';
import { served } from '../../support/cli';
import { rawRequest } from '../../support/server';

const NAVIGATE = [['Sec-Fetch-Mode', 'navigate']] as const;

const folder = folderWith({
  'index.html': 'the application',
  '404.html': 'no such page',
  'sub/a.txt': 'a',
});

/** The status and the text, for a browser that opens a page and for another client. */
async function outcomes(port: number, target: string, method = 'GET'): Promise<string[]> {
  const responses = await Promise.all(
    [NAVIGATE, []].map((headers) => rawRequest(port, method, target, headers)),
  );
  return responses.map(({ status, body }) => `${status} ${body.toString().trim()}`);
}

describe('--single', () => {
  test('sends index.html for a route to browsers only, and for the directory to all clients', async () => {
    const port = await served(folder, '--single');
    expect(await outcomes(port, '/user/1%2F2')).toEqual(['200 the application', '404 Not Found']);
    expect(await outcomes(port, '/')).toEqual(['200 the application', '200 the application']);
    expect(await outcomes(port, '/sub/a.txt')).toEqual(['200 a', '200 a']);
    expect(await outcomes(port, '/user', 'POST')).toEqual(['404 Not Found', '404 Not Found']);
    const { headers } = await rawRequest(port, 'GET', '/user', NAVIGATE);
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', vary: 'Accept, Sec-Fetch-Mode' });
  });

  test('keeps the names of --index', async () => {
    const port = await served(folder, '--single', '--index', '404.html');
    expect(await outcomes(port, '/')).toEqual(['200 no such page', '200 no such page']);
  });

  test('with --listing, directories are listed and other routes get the page', async () => {
    const port = await served(folder, '--single', '--listing');
    expect((await outcomes(port, '/sub/'))[0]).toContain('a.txt');
    expect(await outcomes(port, '/user')).toEqual(['200 the application', '404 Not Found']);
    expect(await outcomes(port, '/sub/a.txt', 'POST')).toEqual([
      '405 Method Not Allowed',
      '405 Method Not Allowed',
    ]);
  });

  test('in a config file applies, and --no-single overrides it', async () => {
    const config = join(folderWith(), 'serve.json');
    put(config, JSON.stringify({ single: true }));
    expect((await outcomes(await served(folder, '--config', config), '/user'))[0]).toBe(
      '200 the application',
    );
    const port = await served(folder, '--config', config, '--no-single');
    expect((await outcomes(port, '/user'))[0]).toBe('404 no such page');
  });
});

describe('without --single', () => {
  test.each([[[]], [['--listing']]])('%j: a browser gets 404.html with 404 and no-store', async (options) => {
    const port = await served(folder, ...options);
    expect(await outcomes(port, '/missing')).toEqual(['404 no such page', '404 Not Found']);
    const { headers } = await rawRequest(port, 'GET', '/missing', NAVIGATE);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    });
  });

  test('a directory without 404.html responds with a text', async () => {
    const port = await served(folderWith({ 'a.txt': 'a' }));
    expect(await outcomes(port, '/missing')).toEqual(['404 Not Found', '404 Not Found']);
  });

  test('404.html of an export is for the paths below it', async () => {
    const other = folderWith({ 'a.txt': 'a' });
    const port = await served(other, '--export', `/docs=${folder}`);
    expect((await outcomes(port, '/docs/missing'))[0]).toBe('404 no such page');
    expect((await outcomes(port, '/missing'))[0]).toBe('404 Not Found');
  });

  test('--disallow applies to it', async () => {
    const port = await served(folder, '--disallow', '404.html');
    expect(await outcomes(port, '/missing')).toEqual(['404 Not Found', '404 Not Found']);
  });
});
