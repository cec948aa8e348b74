import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gracefulStop } from '../../../src/cli/serve/graceful-stop';
import { serve } from '../../support/server';

const LARGE = 32 * 1024 * 1024;

/** A keep-alive connection that has sent requests for these targets. */
function connectionWith(port: number, ...targets: string[]): Socket {
  const socket = connect(port, '127.0.0.1');
  for (const target of targets) socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

async function received(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

test('a response that has ended but is not sent yet is completed', async () => {
  const { server, port } = await serve((_req, res) => res.end(Buffer.alloc(LARGE)));
  const stop = gracefulStop(server);
  const socket = connectionWith(port, '/');
  await once(server, 'request');
  const stopped = stop();
  expect((await received(socket)).length).toBeGreaterThan(LARGE);
  await stopped;
});

test('a connection is closed after the responses to all of its requests', async () => {
  let stopped = Promise.resolve();
  let first: ServerResponse | undefined;
  const { server, port } = await serve((req, res) => {
    if (req.url === '/first') {
      first = res;
      return;
    }
    setImmediate(() => {
      stopped = stop();
      res.end('SECOND');
      first?.end('FIRST');
    });
  });
  const stop = gracefulStop(server);
  const socket = connectionWith(port, '/first', '/second');
  expect((await received(socket)).toString()).toMatch(/FIRST[^]*SECOND/);
  await stopped;
});

test('connections without a pending response are closed immediately', async () => {
  const { server, port } = await serve((_req, res) => res.end('ok'));
  const stop = gracefulStop(server);
  const silent = connectionWith(port);
  await once(server, 'connection');
  const answered = connectionWith(port, '/');
  await once(answered, 'data');
  await stop();
  expect((await received(silent)).length).toBe(0);
  await received(answered);
});

test('a client that disconnects does not delay the stop', async () => {
  const { server, port } = await serve((_req, res) => res.write('begun'));
  const stop = gracefulStop(server);
  const socket = connectionWith(port, '/');
  await once(socket, 'data');
  const stopped = stop();
  socket.destroy();
  await stopped;
  expect(server.listening).toBe(false);
});
