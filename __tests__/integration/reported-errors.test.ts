import type { IncomingMessage, ServerResponse } from 'node:http';
import { fetchHandler } from '../../src/adapters/fetch';
import { SharedDataMiddleware, type Loader } from '../../src/index';
import { messagesOf } from '../support/messages';
import { app, rawRequest, serve } from '../support/server';

let lines: unknown[][] = [];

beforeEach(() => {
  lines = [];
  jest.spyOn(console, 'error').mockImplementation((...line: unknown[]) => void lines.push(line));
});

afterEach(() => {
  jest.restoreAllMocks();
});

function throwing(error: unknown): Loader {
  return () => {
    throw error;
  };
}

async function get(shared: SharedDataMiddleware, target = '/s/a'): Promise<number> {
  const { port } = await serve(shared.listener);
  return (await rawRequest(port, 'GET', target)).status;
}

test('an error that responds 500 is written to stderr with the method, the target and its stack', async () => {
  const error = new Error('a bug');
  expect(await get(new SharedDataMiddleware(app, { '/s': throwing(error) }), '/s/a?b=%0A')).toBe(500);
  expect(lines).toEqual([['GET /s/a?b=%0A:', error]]);
});

test('a target cannot forge another line', async () => {
  const error = new Error('a bug');
  const shared = new SharedDataMiddleware(null, { '/s': throwing(error) });
  const { port } = await serve((req, res) => {
    req.url = '/s/a?\n\u001b[2J\\';
    shared.listener(req, res);
  });
  await rawRequest(port, 'GET', '/s/a');
  expect(lines).toEqual([['GET /s/a?\\x0a\\x1b[2J\\x5c:', error]]);
});

test('the same error is written once, values that are no objects each time', async () => {
  const shared = new SharedDataMiddleware(app, {
    '/s': throwing(new Error('a bug')),
    '/text': throwing('a text'),
  });
  const { port } = await serve(shared.listener);
  for (const target of ['/s/a', '/s/b', '/text/a', '/text/b']) await rawRequest(port, 'GET', target);
  expect(lines.map(([start]) => start)).toEqual(['GET /s/a:', 'GET /text/a:', 'GET /text/b:']);
});

test.each([
  ['with a status below 500', { status: 404 }],
  ['that another request may not meet', { code: 'EMFILE' }],
  ['without the right to read a file', { code: 'EACCES' }],
])('an error %s is not written', async (_which, properties) => {
  const error = Object.assign(new Error('expected'), properties);
  expect(await get(new SharedDataMiddleware(app, { '/s': throwing(error) }))).not.toBe(500);
  expect(lines).toEqual([]);
});

test('an error is not written if handleError is overridden, but an error of handleError is', async () => {
  const error = new Error('of handleError');
  class Handling extends SharedDataMiddleware {
    override handleError(_error: unknown, _req: IncomingMessage, res: ServerResponse): void {
      if (!this.cache) throw error;
      res.writeHead(500).end();
    }
  }
  const shared = new Handling(app, { '/s': throwing(new Error('a bug')) });
  expect(await get(shared)).toBe(500);
  expect(lines).toEqual([]);
  shared.cache = false;
  expect(await get(shared)).toBe(500);
  expect(lines).toEqual([['GET /s/a:', error]]);
});

test('an error is not written if someone subscribes to shared-data:failed', async () => {
  messagesOf('shared-data:failed');
  await get(new SharedDataMiddleware(app, { '/s': throwing(new Error('a bug')) }));
  expect(lines).toEqual([]);
});

test('an error that is passed to next is not written', async () => {
  const error = new Error('a bug');
  const shared = new SharedDataMiddleware(null, { '/s': throwing(error) });
  const passed: unknown[] = [];
  const { port } = await serve((req, res) => {
    shared.middleware(req, res, (reason) => {
      passed.push(reason);
      res.end();
    });
  });
  await rawRequest(port, 'GET', '/s/a');
  expect([passed, lines]).toEqual([[error], []]);
});

test('an error that the fetch adapter responds to with 500 is written', async () => {
  const error = new Error('a bug');
  const files = fetchHandler(new SharedDataMiddleware(null, { '/s': throwing(error) }));
  expect((await files(new Request('http://localhost/s/a')))?.status).toBe(500);
  expect(lines).toEqual([['GET /s/a:', error]]);
});
