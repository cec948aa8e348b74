import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Server } from 'node:net';
import { CountedResponse } from '../../../src/cli/serve/request-log';
import { rawRequest } from '../../support/server';

let server: Server | undefined;

afterEach(() => server?.close());

interface Counted {
  readonly port: number;
  /** The number of bytes at the end of the response. */
  readonly bytes: Promise<number>;
}

async function serve(answer: (res: CountedResponse) => void): Promise<Counted> {
  const counting = createServer({ ServerResponse: CountedResponse });
  server = counting;
  const bytes = new Promise<number>((resolve) => {
    counting.on('request', (_req, res) => {
      res.once('close', () => {
        resolve(res.bodyBytes);
      });
      answer(res);
    });
  });
  await once(counting.listen(0, '127.0.0.1'), 'listening');
  return { port: (counting.address() as AddressInfo).port, bytes };
}

test.each<[string, (res: CountedResponse) => void]>([
  ['bytes', (res) => res.end(Buffer.from('äb'))],
  ['text', (res) => res.end('äb')],
  ['text with an encoding', (res) => res.end('w6Ri', 'base64')],
  [
    'chunks',
    (res) => {
      res.write('ä');
      res.write('Yg==', 'base64');
      res.end();
    },
  ],
])('counts %s', async (_what, answer) => {
  const { port, bytes } = await serve((res) => {
    answer(res.setHeader('Content-Length', 3));
  });
  expect((await rawRequest(port, 'GET', '/')).body.toString()).toBe('äb');
  expect(await bytes).toBe(3);
});

test('counts no bytes for HEAD', async () => {
  const { port, bytes } = await serve((res) => res.end('abc'));
  await rawRequest(port, 'HEAD', '/');
  expect(await bytes).toBe(0);
});

test('does not count a chunk that was not sent before the client disconnected', async () => {
  const { port, bytes } = await serve((res) => {
    res.write('abc', () => res.end(Buffer.alloc(32 * 1024 * 1024)));
  });
  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(client, 'data');
  client.destroy();
  expect(await bytes).toBe(3);
});

test.each<[string, (res: CountedResponse, done: () => void) => void]>([
  [
    'write(chunk, callback)',
    (res, done) => {
      res.write('a', done);
      res.end();
    },
  ],
  [
    'write(chunk, encoding, callback)',
    (res, done) => {
      res.write('a', 'latin1', done);
      res.end();
    },
  ],
  ['end(callback)', (res, done) => res.end(done)],
  ['end(chunk, callback)', (res, done) => res.end('a', done)],
  ['end(chunk, encoding, callback)', (res, done) => res.end('a', 'latin1', done)],
])('%s calls the callback', async (_what, answer) => {
  const done = jest.fn();
  const { port, bytes } = await serve((res) => {
    answer(res, done);
  });
  await rawRequest(port, 'GET', '/');
  await bytes;
  expect(done).toHaveBeenCalledTimes(1);
});
