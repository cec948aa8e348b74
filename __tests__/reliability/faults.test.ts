// First, since it takes the place of `fs.read`.
import { failAfterReads } from './support/failing-disk';
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith, put } from '../support/files';
import { collectGarbage } from '../support/garbage';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';
import { serveWithDescriptors } from './support/server-process';

const LARGE = Buffer.alloc(20_000_000, 'x');

afterEach(() => jest.restoreAllMocks());

/** A client that asks for a file and reads nothing of it. */
function stall(port: number, target: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('readable', () => {
      resolve(socket);
    });
  });
}

describe('descriptors that have run out', () => {
  function ask(port: number, agent: Agent, path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent }, (response) => {
        response.resume().on('end', () => {
          resolve(response);
        });
      }).on('error', reject);
    });
  }

  test('give a 503 with Retry-After, files in memory go on, and all is well when there are some again', async () => {
    const folder = folderWith({ 'large.bin': LARGE, 'small.txt': 'small' }, new Date(1.7e12));
    const port = await serveWithDescriptors(64, folder);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await ask(port, agent, '/s/small.txt')).statusCode).toBe(200);
    const stalled: Socket[] = [];
    let refused: IncomingMessage | undefined;
    while (refused === undefined && stalled.length < 64) {
      stalled.push(await stall(port, '/s/large.bin'));
      const response = await ask(port, agent, '/s/large.bin');
      if (response.statusCode !== 200) refused = response;
    }
    expect([refused?.statusCode, refused?.headers['retry-after']]).toEqual([503, '1']);
    expect((await ask(port, agent, '/s/small.txt')).statusCode).toBe(200);
    for (const socket of stalled) socket.destroy();
    await eventually(async () => {
      expect((await ask(port, agent, '/s/large.bin')).statusCode).toBe(200);
    });
    agent.destroy();
  }, 30_000);
});

describe('a file in whose place there is, between the look and the opening,', () => {
  const places: Record<string, (name: string) => void> = {
    'a folder': (name) => {
      mkdirSync(name);
    },
    'a FIFO that nobody writes to': (name) => execFileSync('mkfifo', [name]),
    'a socket': (name) => {
      const server = createServer().listen(name);
      server.unref();
    },
    'a device': (name) => {
      symlinkSync('/dev/zero', name);
    },
    'a link that leads to itself': (name) => {
      symlinkSync(name, name);
    },
    nothing: () => undefined,
  };

  test.each(Object.entries(places))('%s is left to the application', async (_what, putInPlace) => {
    const folder = folderWith({ 'a.txt': 'a' });
    class Racing extends SharedDataMiddleware {
      override isAllowed(): boolean {
        rmSync(join(folder, 'a.txt'));
        putInPlace(join(folder, 'a.txt'));
        return true;
      }
    }
    const { port } = await serve(new Racing(app, { '/s': folder }).listener);
    const descriptors = openDescriptors();
    expect((await rawRequest(port, 'GET', '/s/a.txt')).headers['x-app']).toBe('1');
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors + 1); // the socket's own server
    });
  });
});

test('a folder that is removed, moved or made again is seen so at the next request', async () => {
  const folder = folderWith({ 'sub/a.txt': 'one' });
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
  const ask = async (): Promise<string> => (await rawRequest(port, 'GET', '/s/sub/a.txt')).body.toString();
  expect(await ask()).toBe('one');
  renameSync(join(folder, 'sub'), join(folder, 'gone'));
  expect(await ask()).toBe('APP\n');
  put(join(folder, 'sub/a.txt'), 'two');
  expect(await ask()).toBe('two');
  rmSync(folder, { recursive: true });
  expect(await ask()).toBe('APP\n');
});

describe('a disk that fails', () => {
  afterEach(() => {
    failAfterReads(Infinity);
  });

  test('in the middle of a file ends the connection before the length that was promised', async () => {
    const folder = folderWith({ 'large.bin': LARGE });
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
    const descriptors = openDescriptors();
    failAfterReads(20);
    const { status, headers, body } = await rawRequest(port, 'GET', '/s/large.bin');
    expect([status, headers['content-length']]).toEqual([200, String(LARGE.length)]);
    expect(body.length).toBeLessThan(LARGE.length);
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
    });
  });

  test('before the first byte gives a 500, for a small part, a middling file and a small one', async () => {
    const folder = folderWith({ 'large.bin': LARGE, 'middling.bin': LARGE.subarray(0, 500_000), a: 'a' });
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
    const descriptors = openDescriptors();
    failAfterReads(0);
    jest.spyOn(fs, 'readSync').mockImplementation(() => {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    });
    const part = await rawRequest(port, 'GET', '/s/large.bin', [['Range', 'bytes=10-20']]);
    expect([part.status, part.body.toString()]).toEqual([500, 'Internal Server Error\n']);
    expect((await rawRequest(port, 'GET', '/s/middling.bin')).status).toBe(500);
    expect((await rawRequest(port, 'GET', '/s/a')).status).toBe(500);
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
    });
  });
});

test('a loader that never settles holds nothing once its client has left', async () => {
  const never = new SharedDataMiddleware(app, { '/s': () => new Promise(() => undefined) });
  const requests: WeakRef<IncomingMessage>[] = [];
  const { port } = await serve((req, res) => {
    requests.push(new WeakRef(req));
    never.listener(req, res);
  });
  const descriptors = openDescriptors();
  for (let client = 0; client < 50; client++) {
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /s/a HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => {
      expect(requests.length).toBeGreaterThan(client);
    });
    socket.destroy();
  }
  await eventually(() => {
    collectGarbage();
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
    expect(requests.filter((request) => request.deref() !== undefined).length).toBeLessThan(5);
  });
});
