import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware, type SharedFile, type SharedRequest } from '../../../src/index';
import { folderWith } from '../../support/files';
import { app } from '../../support/server';
import { sendRequest, type ClientResponse, type RequestOptions } from './support/client';
import { frameworks, type ListeningServer } from './support/frameworks';

const MODIFIED = new Date(1.7e12).toUTCString();
const OWN_DATE = 'Thu, 29 Feb 2024 12:00:00 GMT';
const folder = folderWith({ 'a.js': '0123456789' }, new Date(1.7e12));

/** What `setHeaders` does, by the query of the request. */
const changes: Record<string, (headers: Headers) => void> = {
  type: (headers) => {
    headers.set('Content-Type', 'text/x-own');
  },
  'no-type': (headers) => {
    headers.delete('Content-Type');
  },
  validators: (headers) => {
    headers.set('ETag', '"own"');
    headers.set('Last-Modified', OWN_DATE);
  },
  'no-date': (headers) => {
    headers.delete('Last-Modified');
  },
};

class Custom extends SharedDataMiddleware {
  override setHeaders(headers: Headers, _file: SharedFile, { url = '' }: SharedRequest): void {
    changes[url.replace(/^.*\?/, '')]?.(headers);
  }
}

/** The server of Hono adds this type to content without one. */
const TYPE_OF_SERVER: Record<string, string> = { 'Hono, with fetchHandler': 'text/plain; charset=UTF-8' };

describe.each(Object.entries(frameworks))('setHeaders in %s', (framework, { protocol, start }) => {
  let server: ListeningServer;
  let port = 0;

  beforeAll(async () => {
    server = await start(new Custom(app, { '/s': folder }));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(async () => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function get(query: string, headers: Record<string, string> = {}, method = 'GET'): Promise<ClientResponse> {
    const options: RequestOptions = { method, headers };
    return sendRequest(protocol, port, `/s/a.js?${query}`, options);
  }

  test.each([
    ['a 200', 200, {}, 'GET'],
    ['a HEAD', 200, {}, 'HEAD'],
    ['a 206', 206, { Range: 'bytes=2-4' }, 'GET'],
  ])('sets the Content-Type of %s', async (_what, status, headers, method) => {
    const answer = await get('type', headers, method);
    expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/x-own']);
  });

  test('sets the Content-Type of the parts of several ranges, and not that of the response', async () => {
    const { status, headers, body } = await get('type', { Range: 'bytes=0-0,4-4' });
    expect([status, headers['content-type'], headers['content-length']]).toEqual([
      206,
      expect.stringMatching(/^multipart\/byteranges; boundary=/),
      String(body.length),
    ]);
    expect(body.toString().match(/Content-Type: .*/g)).toEqual(Array(2).fill('Content-Type: text/x-own'));
  });

  test('sends no Content-Type with a 304', async () => {
    const { status, headers } = await get('type', { 'If-None-Match': '*' });
    expect([status, headers['content-type']]).toEqual([304, undefined]);
  });

  test.each([
    ['a 200', {}, 'GET', '0123456789'],
    ['a HEAD', {}, 'HEAD', ''],
    ['a 206', { Range: 'bytes=2-4' }, 'GET', '234'],
  ])('removes the Content-Type of %s', async (_what, fields, method, content) => {
    const { headers, body } = await get('no-type', fields, method);
    const type = content === '' ? undefined : TYPE_OF_SERVER[framework];
    expect([headers['content-type'], body.toString()]).toEqual([type, content]);
  });

  test.each<[string, string, number]>([
    ['If-None-Match', '"own"', 304],
    ['If-None-Match', '"other"', 200],
    ['If-Modified-Since', OWN_DATE, 304],
    ['If-Modified-Since', MODIFIED, 200],
    ['If-Match', '"own"', 200],
    ['If-Match', '"other"', 412],
    ['If-Unmodified-Since', OWN_DATE, 200],
    ['If-Unmodified-Since', MODIFIED, 412],
  ])(
    'sets the validators that %s: %s is compared with, and the response is %d',
    async (name, value, status) => {
      expect((await get('validators', { [name]: value })).status).toBe(status);
    },
  );

  test.each<[string, number]>([
    ['"own"', 206],
    [OWN_DATE, 206],
    [MODIFIED, 200],
  ])('sets the validators that If-Range: %s is compared with', async (value, status) => {
    expect((await get('validators', { Range: 'bytes=0-1', 'If-Range': value })).status).toBe(status);
  });

  test.each<[string, Record<string, string>]>([
    ['If-Modified-Since', {}],
    ['If-Unmodified-Since', {}],
    ['If-Range', { Range: 'bytes=0-1' }],
  ])('turns off %s by removing Last-Modified', async (name, range) => {
    const { status, headers } = await get('no-date', { [name]: MODIFIED, ...range });
    expect([status, headers['last-modified']]).toEqual([200, undefined]);
  });
});
