import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { send } from '../../../src/send/send';
import type { RecyclingStream } from '../../../src/types';
import { eventually } from '../../support/process';

/** The HTTP/2 error code of a client that is no longer interested (RFC 9113 §7). */
const CANCEL = 8;

/** What a client of HTTP/2 takes that reads nothing, in bytes (RFC 9113 §6.9.2): one less than two chunks. */
const WINDOW_SIZE = 65_535;
const CHUNK_SIZE = 32 * 1024;

/** Emits chunks without end, and counts those that come back. */
class EndlessStream extends Readable implements RecyclingStream {
  recycled = 0;

  override _read(): void {
    setImmediate(() => {
      this.push(Buffer.alloc(CHUNK_SIZE));
    });
  }

  recycle(): void {
    this.recycled += 1;
  }
}

test('a chunk is not recycled if a client of HTTP/2 closes the stream after a part of it', async () => {
  const body = new EndlessStream({ highWaterMark: 0 });
  const server = createServer((_req, res) => {
    void send({ status: 200, headers: [], body }, res as unknown as ServerResponse);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const stream = session.request({ ':path': '/' }).on('error', () => undefined);
  await eventually(() => {
    expect(session.socket.bytesRead).toBeGreaterThan(WINDOW_SIZE);
  });
  stream.close(CANCEL);
  await once(stream, 'close');
  session.destroy();
  await new Promise((resolve) => server.close(resolve));
  expect([body.destroyed, body.recycled]).toEqual([true, 1]);
});
