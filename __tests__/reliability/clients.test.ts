import { Agent, get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { collectGarbage } from '../support/garbage';
import { eventually, openDescriptors } from '../support/process';
import { app, parseAnswer, serve } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const LARGE = Buffer.alloc(30_000_000, 'shared data ');
const folder = folderWith({ 'large.bin': LARGE, 'small.txt': 'small' }, new Date(1.7e12));
const GET_LARGE = 'GET /s/large.bin HTTP/1.1\r\nHost: localhost\r\n';

async function start(): Promise<number> {
  const shared = new SharedDataMiddleware(app, {
    '/s': folder,
    '/broken': () => {
      throw new Error('broken');
    },
  });
  return (await serve(shared.listener)).port;
}

function client(port: number, bytes: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(bytes);
  return socket;
}

function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    socket.on('close', () => {
      resolve(Buffer.concat(chunks));
    });
  });
}

async function expectNoLeak(scenario: (port: number) => Promise<void>): Promise<void> {
  const port = await start();
  await readAll(client(port, `${GET_LARGE}Connection: close\r\n\r\n`));
  collectGarbage();
  const before = { descriptors: openDescriptors(), buffers: process.memoryUsage().arrayBuffers };
  await scenario(port);
  await eventually(() => {
    collectGarbage();
    expect(openDescriptors()).toBeLessThanOrEqual(before.descriptors);
    // The buffer pool retains at most 8 MiB.
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(before.buffers + 9 * 1024 * 1024);
  });
}

/**
 * The kernel keeps 4 MiB for each of them. A thousand exceed what Linux has for TCP (`tcp_mem`): it then resets
 * connections, also those of other tests.
 */
const STALLED_CLIENTS = 100;

test('a hundred clients that read nothing release all resources when they disconnect', async () => {
  await expectNoLeak(async (port) => {
    const sockets: Socket[] = [];
    for (let count = 0; count < STALLED_CLIENTS; count++) {
      const socket = client(port, `${GET_LARGE}\r\n`);
      sockets.push(socket);
      await new Promise((resolve) => socket.once('readable', resolve));
    }
    for (const socket of sockets) socket.destroy();
  });
}, 60_000);

test('clients that disconnect during a download release all descriptors and memory', async () => {
  await expectNoLeak(async (port) => {
    for (let round = 0; round < 10; round++) {
      const sockets = Array.from({ length: 10 }, () => client(port, `${GET_LARGE}\r\n`));
      await Promise.all(
        sockets.map(async (socket, at) => {
          let received = 0;
          socket.on('data', (chunk: Buffer) => {
            received += chunk.length;
            if (received > at * 2_000_000) socket.destroy();
          });
          await new Promise((resolve) => socket.once('close', resolve));
        }),
      );
    }
  });
}, 60_000);

test('clients that disconnect during an upload release all descriptors and memory', async () => {
  await expectNoLeak(async (port) => {
    for (const method of ['POST', 'GET', 'PUT']) {
      for (let count = 0; count < 20; count++) {
        const head = `${method} /s/small.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n`;
        const socket = client(port, head + 'x'.repeat(10_000));
        await new Promise((resolve) => socket.once('data', resolve));
        socket.destroy();
      }
    }
    const response = await readAll(
      client(port, 'GET /s/small.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
    );
    expect(parseAnswer(response).body.toString()).toBe('small');
  });
});

test('a client that half-closes the connection gets what has been sent and leaks nothing', async () => {
  await expectNoLeak(async (port) => {
    const small = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    small.end('GET /s/small.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(parseAnswer(await readAll(small)).body.toString()).toBe('small');
    // Node closes the connection of a client that has half-closed it, even during a large response.
    const large = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    large.end(`${GET_LARGE}Connection: close\r\n\r\n`);
    expect((await readAll(large)).length).toBeLessThan(LARGE.length);
  });
});

test('a client that reads one byte at a time gets the whole response', async () => {
  const socket = client(await start(), `${GET_LARGE}Connection: close\r\n\r\n`);
  const bytes: Buffer[] = [];
  await new Promise((resolve) => socket.once('readable', resolve));
  for (let count = 0; count < 100; count++) {
    const byte = socket.read(1) as Buffer | null;
    if (byte !== null) bytes.push(byte);
    await delay(10);
  }
  const rest = await readAll(socket);
  expect(parseAnswer(Buffer.concat([...bytes, rest])).body.equals(LARGE)).toBe(true);
});

test('a connection is reused after every kind of error', async () => {
  const port = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<unknown>();
  function status(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
        sockets.add(response.socket.localPort);
        response.resume().on('end', () => {
          resolve(response.statusCode);
        });
      }).on('error', reject);
    });
  }
  expect(await status('/s/large.bin', { Range: 'bytes=99999999-' })).toBe(416);
  expect(await status('/s/small.txt', { 'If-Match': '"other"' })).toBe(412);
  expect(await status('/broken')).toBe(500);
  expect(await status('/s/nothing')).toBe(404);
  expect(await status('/s/small.txt', { 'If-Modified-Since': new Date().toUTCString() })).toBe(304);
  expect(await status('/s/large.bin', { Range: 'bytes=0-99' })).toBe(206);
  expect(await status('/s/large.bin')).toBe(200);
  expect(sockets.size).toBe(1);
  agent.destroy();
});
