// First, because it replaces `fs.read`.
import { failAfterReads } from './support/failing-disk';
import { execFileSync } from 'node:child_process';
import fs, { linkSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith, put } from '../support/files';
import { collectGarbage } from '../support/garbage';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';
import { serveWithDescriptors } from './support/server-process';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const LARGE = Buffer.alloc(20_000_000, 'x');

afterEach(() => jest.restoreAllMocks());

/** Requests a file and reads nothing of the response. */
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

describe('without free descriptors', () => {
  function ask(port: number, agent: Agent, path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      get({ port, host: '127.0.0.1', path, agent }, (response) => {
        response.resume().on('end', () => {
          resolve(response);
        });
      }).on('error', reject);
    });
  }

  test('large files respond 503 with Retry-After, cached files 200, and the server recovers', async () => {
    const folder = folderWith({ 'large.bin': LARGE, 'small.txt': 'small' }, new Date(1.7e12));
    // Requests for one file share its descriptor.
    for (let index = 0; index < 64; index++)
      linkSync(join(folder, 'large.bin'), join(folder, `${index}.bin`));
    const port = await serveWithDescriptors(64, folder);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await ask(port, agent, '/s/small.txt')).statusCode).toBe(200);
    const stalled: Socket[] = [];
    let refused: IncomingMessage | undefined;
    for (let index = 0; refused === undefined && index < 64; index++) {
      // Without a descriptor for it, a connection is reset.
      const socket = await stall(port, `/s/${index}.bin`).catch(() => undefined);
      if (socket !== undefined) stalled.push(socket);
      const response = await ask(port, agent, `/s/${63 - index}.bin`);
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

describe('a file that is replaced between stat and open', () => {
  const replacements: Record<string, (name: string) => void> = {
    'a folder': (name) => {
      mkdirSync(name);
    },
    'a FIFO without a writer': (name) => execFileSync('mkfifo', [name]),
    'a socket': (name) => {
      const server = createServer().listen(name);
      server.unref();
    },
    'a device': (name) => {
      symlinkSync('/dev/zero', name);
    },
    'a link to itself': (name) => {
      symlinkSync(name, name);
    },
    nothing: () => undefined,
  };

  test.each(Object.entries(replacements))('by %s is handled by the application', async (_what, replace) => {
    const folder = folderWith({ 'a.txt': 'a' });
    class Racing extends SharedDataMiddleware {
      override isAllowed(): boolean {
        rmSync(join(folder, 'a.txt'));
        replace(join(folder, 'a.txt'));
        return true;
      }
    }
    const { port } = await serve(new Racing(app, { '/s': folder }).listener);
    const descriptors = openDescriptors();
    expect((await rawRequest(port, 'GET', '/s/a.txt')).headers['x-app']).toBe('1');
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors + 1); // the server of the socket
    });
  });
});

test('the removal, renaming or re-creation of a directory is visible at the next request', async () => {
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

describe('a read error', () => {
  afterEach(() => {
    failAfterReads(Infinity);
  });

  test('during a response closes the connection before Content-Length bytes are sent', async () => {
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

  test('before the first byte responds 500, for a small range, a medium file and a small file', async () => {
    const folder = folderWith({ 'large.bin': LARGE, 'medium.bin': LARGE.subarray(0, 500_000), a: 'a' });
    const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }).listener);
    const descriptors = openDescriptors();
    failAfterReads(0);
    jest.spyOn(fs, 'readSync').mockImplementation(() => {
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    });
    const part = await rawRequest(port, 'GET', '/s/large.bin', [['Range', 'bytes=10-20']]);
    expect([part.status, part.body.toString()]).toEqual([500, 'Internal Server Error\n']);
    expect((await rawRequest(port, 'GET', '/s/medium.bin')).status).toBe(500);
    expect((await rawRequest(port, 'GET', '/s/a')).status).toBe(500);
    await eventually(() => {
      expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
    });
  });
});

test('a loader that never settles retains no resources after the client has disconnected', async () => {
  const pending = new SharedDataMiddleware(app, { '/s': () => new Promise(() => undefined) });
  const requests: WeakRef<IncomingMessage>[] = [];
  const { port } = await serve((req, res) => {
    requests.push(new WeakRef(req));
    pending.listener(req, res);
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
