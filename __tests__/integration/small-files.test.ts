import { createServer, ServerResponse, type IncomingMessage } from 'node:http';
import { SharedDataMiddleware, type Answer, type SharedRequest } from '../../src/index';
import { folderWith } from '../support/files';
import { rawRequest, serve } from '../support/server';

/** Each value of a byte, several times. */
const CONTENT = Buffer.from(Uint8Array.from({ length: 1000 }, (_, index) => index * 7));

const folder = folderWith({ 'all.bin': CONTENT, 'empty.bin': '', 'limit.bin': Buffer.alloc(2048, 0xff) });
const shared = new SharedDataMiddleware(null, { '/': folder });

async function bodyOf(listener: (req: IncomingMessage, res: ServerResponse) => void, path = '/all.bin') {
  const { port } = await serve(listener);
  const first = await rawRequest(port, 'GET', path);
  const second = await rawRequest(port, 'GET', path);
  expect(second.body.equals(first.body)).toBe(true);
  return second.body;
}

test('a small file has the same bytes as on the disk, whatever the bytes are', async () => {
  expect((await bodyOf(shared.listener)).equals(CONTENT)).toBe(true);
  expect((await bodyOf(shared.listener, '/empty.bin')).length).toBe(0);
  expect((await bodyOf(shared.listener, '/limit.bin')).equals(Buffer.alloc(2048, 0xff))).toBe(true);
});

test.each(['write', 'end'] as const)('a replaced %s of the response gets bytes', async (method) => {
  const chunks: unknown[] = [];
  const body = await bodyOf((req, res) => {
    const original = res[method].bind(res) as (...args: unknown[]) => never;
    res[method] = (...args: unknown[]) => {
      chunks.push(args[0]);
      return original(...args);
    };
    shared.listener(req, res);
  });
  expect(body.equals(CONTENT)).toBe(true);
  for (const chunk of chunks) expect(chunk).toBeInstanceOf(Uint8Array);
});

test('a subclass of ServerResponse with an end of its own gets bytes', async () => {
  const ended: unknown[] = [];
  class Response extends ServerResponse {
    override end(...args: unknown[]): this {
      ended.push(args[0]);
      return (super.end as (...rest: unknown[]) => this)(...args);
    }
  }
  const server = createServer({ ServerResponse: Response }, shared.listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  expect((await rawRequest(port, 'GET', '/all.bin')).body.equals(CONTENT)).toBe(true);
  server.close();
  expect(ended).toHaveLength(1);
  expect(ended[0]).toBeInstanceOf(Uint8Array);
});

test('an overridden answer can replace the body', async () => {
  class Upper extends SharedDataMiddleware {
    override async answer(request: SharedRequest): Promise<Answer | null> {
      const answer = await super.answer(request);
      return answer && { ...answer, body: Buffer.alloc(1000, 'x') };
    }
  }
  const { listener } = new Upper(null, { '/': folder });
  expect((await bodyOf(listener)).equals(Buffer.alloc(1000, 'x'))).toBe(true);
});
