import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../../src/index';
import { folderWith } from '../../support/files';
import { app } from '../../support/server';
import { sendRequest, type ClientResponse } from './support/client';
import { frameworks, type ListeningServer } from './support/frameworks';

const folder = folderWith(
  { 'a.own': '0123456789', 'data.js.br': 'in brotli', 'secret.js.br': 'secret', 'docs/index.html': 'docs' },
  new Date(1.7e12),
);

function digestOf(content: string): string {
  return `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;
}

describe.each(Object.entries(frameworks))('in %s', (_name, { protocol, start }) => {
  let server: ListeningServer;

  beforeAll(async () => {
    const shared = new SharedDataMiddleware(
      app,
      { '/s': folder },
      {
        mimeTypes: { '.OWN': 'text/x-own' },
        redirect: false,
        index: 'index.html',
        precompressed: true,
        digest: true,
        disallow: '/secret.js.br',
      },
    );
    server = await start(shared);
  });

  afterAll(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<ClientResponse> {
    return sendRequest(protocol, (server.address() as AddressInfo).port, path, { method, headers });
  }

  test.each([
    ['a 200', 200, {}, 'GET'],
    ['a HEAD', 200, {}, 'HEAD'],
    ['a 206', 206, { Range: 'bytes=2-4' }, 'GET'],
  ])('mimeTypes determines the type, and digest the digest of %s', async (_what, status, fields, method) => {
    const answer = await get('/s/a.own', fields, method);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/x-own; charset=utf-8',
      'repr-digest': digestOf('0123456789'),
    });
  });

  test('with redirect: false, the application gets a directory without its slash', async () => {
    expect((await get('/s/docs')).headers).toMatchObject({ 'x-app': '1' });
    expect((await get('/s/docs/')).body.toString()).toBe('docs');
  });

  test('a stored encoding without its original is sent to clients that accept it', async () => {
    const { status, headers, body } = await get('/s/data.js', { 'Accept-Encoding': 'br' });
    expect([status, body.toString()]).toEqual([200, 'in brotli']);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'br',
      vary: 'Accept-Encoding',
      'repr-digest': digestOf('in brotli'),
    });
  });

  test('a stored encoding without its original is not there for other clients, or if it is denied', async () => {
    for (const [path, coding] of [['/s/data.js', 'gzip'] as const, ['/s/secret.js', 'br'] as const]) {
      const { status, headers } = await get(path, { 'Accept-Encoding': coding });
      expect([path, status, headers['x-app']]).toEqual([path, 404, '1']);
    }
  });
});
