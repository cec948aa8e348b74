import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gracefulStop } from '../../src/cli/graceful-stop';
import { serve } from '../support/server';

const LARGE = 32 * 1024 * 1024;

/** A connection that has sent requests for these targets and is kept alive. */
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

test('an answer that has been handed over but not been sent yet is sent whole', async () => {
  const { server, port } = await serve((_req, res) => res.end(Buffer.alloc(LARGE)));
  const stop = gracefulStop(server);
  const socket = connectionWith(port, '/');
  await once(server, 'request');
  const stopped = stop();
  expect((await received(socket)).length).toBeGreaterThan(LARGE);
  await stopped;
});

test('a connection ends after the answers to all the requests that it has sent', async () => {
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

test('connections without a running answer end at once', async () => {
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

test('a client that leaves does not keep the server from stopping', async () => {
  const { server, port } = await serve((_req, res) => res.write('begun'));
  const stop = gracefulStop(server);
  const socket = connectionWith(port, '/');
  await once(socket, 'data');
  const stopped = stop();
  socket.destroy();
  await stopped;
  expect(server.listening).toBe(false);
});
