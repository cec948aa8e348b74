import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith } from '../../support/files';
import { app } from '../../support/server';
import { sendRequest, type ClientResponse, type RequestOptions } from './support/client';
import { frameworks, type ListeningServer } from './support/frameworks';

const PAGE = '<!doctype html><title>the page of the application</title>';
const dist = folderWith({
  'index.html': PAGE,
  '404.html': 'not found',
  'a@b.html': 'a@b',
  'assets/app.12345678.js': 'app()',
});
const immutable = /^assets\//;

const pages = new SharedDataMiddleware(app, { '/app': dist }, { fallback: 'index.html', immutable });
const errors = new SharedDataMiddleware(
  app,
  { '/app': dist },
  { fallback: { file: '404.html', status: 404 } },
);

const navigate = { 'Sec-Fetch-Mode': 'navigate' };

function outcome({ status, body }: ClientResponse): string {
  return `${status} ${body.toString()}`;
}

describe.each(Object.entries(frameworks))('in %s', (name, { protocol, start, isGuarded }) => {
  const servers: ListeningServer[] = [];

  async function serving(shared: SharedDataMiddleware, front?: Record<string, string>) {
    const server = await start(shared, front);
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    return (path: string, headers: Record<string, string> = navigate, options: RequestOptions = {}) =>
      sendRequest(protocol, port, path, { headers, ...options });
  }

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('a navigation without a file gets the page, without a redirect', async () => {
    const get = await serving(pages);
    for (const route of [
      '/app/user/1',
      '/app/user/1%2F2?a=%2F',
      '/app/@jane.doe',
      '/app/%40jane.doe',
      '/app/user/%5Cx',
      '/app/user//1/',
      '/app/%c3%a4',
    ]) {
      const response = await get(route);
      expect([route, outcome(response)]).toEqual([route, `200 ${PAGE}`]);
      expect(response.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        vary: 'Accept, Sec-Fetch-Mode',
      });
      expect(response.headers).not.toHaveProperty('expires');
    }
  });

  test('HEAD has no body, and a current ETag gets 304', async () => {
    const get = await serving(pages);
    const head = await get('/app/x', navigate, { method: 'HEAD' });
    expect([outcome(head), head.headers['content-length']]).toEqual(['200 ', String(PAGE.length)]);
    const notModified = await get('/app/y', { ...navigate, 'If-None-Match': head.headers.etag ?? '' });
    expect([outcome(notModified), notModified.headers['cache-control']]).toEqual(['304 ', 'no-cache']);
    expect(notModified.headers).toMatchObject({ etag: head.headers.etag, vary: 'Accept, Sec-Fetch-Mode' });
  });

  test('the application gets all other requests', async () => {
    const get = await serving(pages);
    expect(outcome(await get('/app/user/1', { Accept: 'application/json' }))).toBe('404 APP\n');
    expect(outcome(await get('/app/x.js', { 'Sec-Fetch-Mode': 'no-cors' }))).toBe('404 APP\n');
    expect(outcome(await get('/other'))).toBe('404 APP\n');
  });

  test('files take precedence, also those that are redirected to their canonical target', async () => {
    const get = await serving(pages);
    const { status, headers } = await get('/app/a%40b.html');
    expect([status, headers.location]).toEqual(isGuarded ? [308, './a@b.html'] : [200, undefined]);
  });

  test('a missing file that immutable selects is 404 with no-store, whatever was set in front', async () => {
    const get = await serving(pages, { 'Cache-Control': 'max-age=31536000' });
    for (const headers of [navigate, { 'Sec-Fetch-Mode': 'cors' }, { Accept: '*/*' }]) {
      const response = await get('/app/assets/app.87654321.js', headers);
      expect(outcome(response)).toBe('404 Not Found\n');
      expect(response.headers['cache-control']).toBe('no-store');
    }
  });

  test('an error page has the status 404 and no-store, whatever was set in front', async () => {
    const get = await serving(errors, { 'Cache-Control': 'max-age=31536000', 'Content-Type': 'text/plain' });
    const response = await get('/app/x%2Fy');
    expect(outcome(response)).toBe('404 not found');
    expect(response.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
      vary: 'Accept, Sec-Fetch-Mode',
    });
    expect(response.headers.etag).toMatch(/^"/);
    expect(outcome(await get('/app/x', { Accept: '*/*' }))).toBe('404 APP\n');
  });

  // The routers of these frameworks refuse the target themselves.
  const isRefused = name === 'Fastify';
  test(`a malformed escape ${isRefused ? 'is refused by the framework' : 'gets the page'}`, async () => {
    const get = await serving(pages);
    expect((await get('/app/100%')).status).toBe(isRefused ? 400 : 200);
  });
});
