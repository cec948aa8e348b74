import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, serve } from '../support/server';

const folder = folderWith({ 'big.bin': Buffer.alloc(20_000_000, 'x') });

class SlowAccessCheck extends SharedDataMiddleware {
  override async isAllowed(): Promise<boolean> {
    await delay(50);
    return true;
  }
}

/** Pipelines eight requests, reads nothing and destroys the connection. */
async function pipelineAndDisconnect(port: number, fields: string): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.pause();
  socket.write(`GET /s/big.bin HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`.repeat(8));
  await delay(10);
  socket.destroy();
}

describe('a client that pipelines eight requests and disconnects without reading', () => {
  test.each<[string, typeof SharedDataMiddleware, string]>([
    ['whole files', SharedDataMiddleware, ''],
    ['several ranges', SharedDataMiddleware, 'Range: bytes=0-9000000,10000000-19000000\r\n'],
    ['small ranges', SharedDataMiddleware, 'Range: bytes=0-9\r\n'],
    ['isAllowed settles after the client has disconnected', SlowAccessCheck, ''],
  ])('leaves no descriptor open: %s', async (_what, Middleware, fields) => {
    const shared = new Middleware(app, { '/s': folder });
    let running = 0;
    const { port } = await serve((req, res) => {
      running += 1;
      void shared.handle(req, res).finally(() => (running -= 1));
    });
    const before = openDescriptors();
    await Promise.all(Array.from({ length: 10 }, () => pipelineAndDisconnect(port, fields)));
    await eventually(() => {
      expect([running, openDescriptors() <= before]).toEqual([0, true]);
    });
  });
});
