import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware, type FileLookup } from '../../../src/index';
import { folderWith } from '../../support/files';
import { rawExchange } from '../../support/server';
import { frameworks, type ListeningServer } from './support/frameworks';
import { sendRequest, type ClientResponse } from './support/client';

const folder = folderWith({ 'a.txt': 'content', 'sub/b.txt': '', '@admin/c.txt': '', 'hidden/d.txt': '' });

class Guarded extends SharedDataMiddleware {
  override isAllowed(filename: string, { path }: FileLookup): boolean {
    return filename !== 'hidden' && path?.startsWith('hidden/') !== true;
  }
}

describe.each(Object.entries(frameworks))('a listing with %s', (_name, { protocol, isGuarded, start }) => {
  let server: ListeningServer;

  beforeAll(async () => {
    server = await start(new Guarded(null, { '/s': folder }, { listing: true }), { 'X-Front': 'yes' });
  });

  afterAll(() => {
    server.close();
  });

  function get(target: string, method = 'GET'): Promise<ClientResponse> {
    return sendRequest(protocol, (server.address() as AddressInfo).port, target, { method });
  }

  test('shows what would be served, also for HEAD', async () => {
    const { status, headers, body, isComplete } = await get('/s/');
    expect([status, isComplete]).toEqual([200, true]);
    const links = [...body.toString().matchAll(/<th scope="row"><a href="([^"]*)"/g)].map(([, href]) => href);
    expect(links).toEqual(['./@admin/', './sub/', './a.txt']);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(body.length),
      'cache-control': 'no-cache',
      'x-front': 'yes',
    });
    const head = await get('/s/', 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
      200,
      String(body.length),
      0,
    ]);
  });

  test('redirects to the slash', async () => {
    const { status, headers } = await get('/s/sub?x=1');
    expect([status, headers.location]).toEqual([308, './sub/?x=1']);
  });

  test('leaves other directories and methods to the application', async () => {
    for (const target of ['/s/hidden/', '/s/missing/', '/t/']) expect((await get(target)).status).toBe(404);
    expect((await get('/s/', 'POST')).status).toBeGreaterThanOrEqual(404);
  });

  test('is at one target if code in front may guard paths', async () => {
    const { status, headers } = await get('/s/%40admin/');
    expect([status, headers.location]).toEqual(isGuarded ? [308, '../@admin/'] : [200, undefined]);
    expect((await get('/s/@admin/')).status).toBe(200);
  });
});

/** Delays the first request of a connection, so that the framework gets a later one before it. */
function delayFirst(server: ListeningServer, until: Promise<void>): void {
  const [listener] = server.listeners('request');
  server.removeAllListeners('request');
  let wait = until;
  server.on('request', (...request: unknown[]) => {
    void wait.then(() => {
      listener?.apply(server, request);
    });
    wait = Promise.resolve();
  });
}

// Only HTTP/1.1 has pipelining. The fetch adapter does not know the connection, so its listings do not wait.
const pipelining = Object.entries(frameworks).filter(([, { protocol }]) => protocol === 'http');

test.each(pipelining)(
  'a listing with %s, delayed in front, does not wait forever for the next one of its connection',
  async (name, { start }) => {
    let reportFound = (): void => undefined;
    const nextIsFound = new Promise<void>((resolve) => (reportFound = resolve));
    class Reporting extends SharedDataMiddleware {
      override isAllowed(filename: string): boolean {
        if (filename === 'b.txt') reportFound();
        return true;
      }
    }
    const server = await start(new Reporting(null, { '/s': folder }, { listing: true, timeout: 100 }));
    delayFirst(server, nextIsFound);
    const requests =
      'GET /s/ HTTP/1.1\r\nHost: localhost\r\n\r\n' +
      'GET /s/sub/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
    const { port } = server.address() as AddressInfo;
    const text = (await rawExchange(port, Buffer.from(requests))).toString();
    server.close();
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
    const expected = name.includes('fetchHandler') ? 200 : 503;
    expect(statuses).toEqual([expected, 200]);
    expect(/^retry-after: 1\r$/im.test(text)).toBe(expected === 503);
  },
);
