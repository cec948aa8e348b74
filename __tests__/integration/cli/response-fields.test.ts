import { folderWith } from '../../support/files';
import { served } from '../../support/cli';
import { rawRequest } from '../../support/server';

const folder = folderWith({ 'a.txt': 'abc', 'sub/b.txt': '', 'single/index.html': 'home' });
const PREFLIGHT = [
  ['Origin', 'http://other.example'],
  ['Access-Control-Request-Method', 'GET'],
  ['Access-Control-Request-Headers', 'if-none-match'],
] as const;

describe('--header', () => {
  test.each(['/a.txt', '/sub/', '/sub', '/missing'])(
    'adds the fields to the response for %s',
    async (target) => {
      const port = await served(
        folder,
        '--header',
        'X-One: 1',
        '--header',
        'Link: </a>',
        '--header',
        'link: </b>',
      );
      const { headers } = await rawRequest(port, 'GET', target);
      expect(headers).toMatchObject({ 'x-one': '1', link: '</a>, </b>' });
    },
  );

  test('replaces a field of the same name of a file, with 206 and 304 too', async () => {
    const port = await served(
      folder,
      '--header',
      'Cache-Control: max-age=5',
      '--header',
      'Content-Type: text/x-a',
    );
    const { headers } = await rawRequest(port, 'GET', '/a.txt');
    expect(headers).toMatchObject({ 'cache-control': 'max-age=5', 'content-type': 'text/x-a' });
    const partial = await rawRequest(port, 'GET', '/a.txt', [['Range', 'bytes=1-']]);
    expect([partial.status, partial.body.toString()]).toEqual([206, 'bc']);
    expect(partial.headers).toMatchObject({ 'cache-control': 'max-age=5', 'content-length': '2' });
    const unchanged = await rawRequest(port, 'GET', '/a.txt', [['If-None-Match', String(headers['etag'])]]);
    expect([unchanged.status, unchanged.headers['cache-control']]).toEqual([304, 'max-age=5']);
  });

  test('does not make caches keep an error', async () => {
    const port = await served(folder, '--header', 'Cache-Control: max-age=5');
    expect((await rawRequest(port, 'GET', '/missing')).headers['cache-control']).toBe('no-store');
  });
});

describe('--cors', () => {
  test.each(['/a.txt', '/sub/', '/missing'])(
    'lets pages of all origins read the response for %s',
    async (target) => {
      const { headers } = await rawRequest(await served(folder, '--cors'), 'GET', target);
      expect(headers).toMatchObject({
        'access-control-allow-origin': '*',
        'access-control-expose-headers': '*',
      });
    },
  );

  test('responds 204 to a preflight request, for GET and HEAD only', async () => {
    const { status, headers, body } = await rawRequest(
      await served(folder, '--cors'),
      'OPTIONS',
      '/a.txt',
      PREFLIGHT,
    );
    expect([status, body.length]).toEqual([204, 0]);
    expect(headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': '*',
    });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  test('can be limited to one origin with --header', async () => {
    const field = 'Access-Control-Allow-Origin: https://app.example';
    const { headers } = await rawRequest(await served(folder, '--cors', '--header', field), 'GET', '/a.txt');
    expect(headers['access-control-allow-origin']).toBe('https://app.example');
  });

  test('does not apply to a request for a host that is not allowed', async () => {
    const port = await served(folder, '--cors', '--header', 'X-One: 1');
    const { status, headers } = await rawRequest(port, 'GET', 'http://evil.example/a.txt');
    expect(status).toBe(403);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    expect(headers).not.toHaveProperty('x-one');
  });

  test('other OPTIONS requests, and preflight requests without --cors, respond 405', async () => {
    expect((await rawRequest(await served(folder, '--cors'), 'OPTIONS', '/a.txt')).status).toBe(405);
    const { status, headers } = await rawRequest(await served(folder), 'OPTIONS', '/a.txt', PREFLIGHT);
    expect(status).toBe(405);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });
});
