import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { app, parseAnswer, rawExchange, serve } from '../support/server';

const folder = folderWith({
  'a.txt': 'abcdef',
  'big.bin': Buffer.alloc(300_000, 'x'),
  'docs/index.html': 'docs',
});

/** Requests, and the status of each response. */
const EXCHANGES: readonly (readonly [request: string, status: number])[] = [
  ['GET /s/a.txt', 200],
  ['HEAD /s/a.txt', 200],
  ['GET /s/a.txt\r\nIf-None-Match: *', 304],
  ['GET /s/a.txt\r\nRange: bytes=1-2', 206],
  ['GET /s/a.txt\r\nRange: bytes=0-0,2-2,4-4', 206],
  ['GET /s/big.bin\r\nRange: bytes=0-9,100000-200000', 206],
  ['HEAD /s/big.bin', 200],
  ['GET /s/a.txt\r\nRange: bytes=99-', 416],
  ['GET /s/a.txt\r\nIf-Match: "x"', 412],
  ['HEAD /s/a.txt\r\nIf-Match: "x"', 412],
  ['GET /s/docs', 308],
  ['HEAD /s/docs', 308],
  ['GET /s/.env', 403],
  ['GET /s/missing', 404],
  ['POST /s/a.txt\r\nContent-Length: 3', 404],
  ['GET /s/big.bin', 200],
  ['GET /s/a.txt\r\nConnection: close', 200],
];

test.each([{}, { memoryLimit: 0 }])(
  'pipelined responses follow each other byte for byte, with the options %j',
  async (options) => {
    const shared = new SharedDataMiddleware(
      app,
      { '/s': folder },
      { ...options, index: 'index.html', dotfiles: 'deny' },
    );
    const { port } = await serve(shared.listener);
    const requests = EXCHANGES.map(([request]) => {
      const [line = '', ...fields] = request.split('\r\n');
      const head = [`${line} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n');
      return line.startsWith('POST') ? `${head}abc` : head;
    });
    let rest = await rawExchange(port, Buffer.from(requests.join('')));
    for (const [request, status] of EXCHANGES) {
      const response = parseAnswer(rest);
      expect([request, response.status]).toEqual([request, status]);
      const hasBody = !request.startsWith('HEAD') && status !== 304;
      rest = response.body.subarray(hasBody ? Number(response.headers['content-length']) : 0);
    }
    expect(rest).toHaveLength(0);
  },
);
