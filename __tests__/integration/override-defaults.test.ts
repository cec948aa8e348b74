import { once } from 'node:events';
import { truncateSync } from 'node:fs';
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { SharedDataMiddleware, type Loader, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const PAST = new Date(1e12);
const folder = folderWith({ 'small.txt': 'small', 'large.bin': '' }, PAST);
truncateSync(join(folder, 'large.bin'), 5_000_000);

/** An object of a store that has an ETag of its own. */
const objects: Loader = () => {
  const content = Buffer.from('object');
  const read = (start: number, end: number): Buffer => content.subarray(start, end + 1);
  return ['object.txt', () => ({ mtime: PAST, size: content.length, etag: '"store-1"', read })];
};

class PassesOn extends SharedDataMiddleware {
  override generateEtag(...args: Parameters<SharedDataMiddleware['generateEtag']>) {
    return super.generateEtag(...args);
  }
}

describe('generateEtag that only calls super', () => {
  test.each(['/s/small.txt', '/s/large.bin', '/o/object.txt'])('keeps the ETag of %s', async (target) => {
    // A file of the disk must not be racy, so that its ETag is strong.
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_000);
    const exports = { '/s': folder, '/o': objects };
    const [plain, overridden] = await Promise.all(
      [new SharedDataMiddleware(app, exports), new PassesOn(app, exports)].map(async ({ listener }) => {
        const { port } = await serve(listener);
        return (await rawRequest(port, 'HEAD', target)).headers['etag'];
      }),
    );
    jest.restoreAllMocks();
    expect(plain).toMatch(/^"/);
    expect(overridden).toBe(plain);
  });
});

describe('disallow in a subclass that overrides isAllowed', () => {
  class AllowsNothing extends SharedDataMiddleware {
    override isAllowed(): boolean {
      return false;
    }
  }

  function warningsOf(Class: typeof SharedDataMiddleware, options: SharedDataOptions): unknown[] {
    const emit = jest.spyOn(process, 'emitWarning').mockImplementation();
    new Class(app, { '/s': folder }, options);
    const calls = emit.mock.calls.map(([text]) => text);
    emit.mockRestore();
    return calls;
  }

  test('warns at construction that the method is never called', () => {
    expect(warningsOf(AllowsNothing, { disallow: '*.bin' })).toEqual([
      "the option 'disallow' replaces the method isAllowed of AllowsNothing, which is never called",
    ]);
  });

  test('does not warn without the option, or without the method', () => {
    expect(warningsOf(AllowsNothing, {})).toEqual([]);
    expect(warningsOf(SharedDataMiddleware, { disallow: '*.bin' })).toEqual([]);
  });

  test('takes precedence over the method, as in Werkzeug', async () => {
    jest.spyOn(process, 'emitWarning').mockImplementation();
    const { port } = await serve(new AllowsNothing(app, { '/s': folder }, { disallow: '*.bin' }).listener);
    jest.restoreAllMocks();
    expect((await rawRequest(port, 'GET', '/s/small.txt')).body.toString()).toBe('small');
    expect((await rawRequest(port, 'GET', '/s/large.bin')).headers['content-length']).not.toBe('5000000');
  });
});

test('denying a file with disallow also denies its encodings, with precompressed off', async () => {
  const files = folderWith({ 'secret.js': 'a', 'secret.js.gz': 'b', 'open.js.gz': 'c' });
  const { port } = await serve(
    new SharedDataMiddleware(null, { '/s': files }, { disallow: 'secret.js' }).listener,
  );
  expect((await rawRequest(port, 'GET', '/s/secret.js.gz')).status).toBe(404);
  expect((await rawRequest(port, 'GET', '/s/open.js.gz')).body.toString()).toBe('c');
});

describe('handle', () => {
  const shared = new SharedDataMiddleware(app, { '/s': folder });

  test('calls the next of its own call, when it is called again for the same request', async () => {
    const req = new IncomingMessage(new Socket());
    Object.assign(req, { method: 'GET', url: '/missing' });
    const calls: string[] = [];
    await shared.handle(req, new ServerResponse(req), () => calls.push('first'));
    await shared.handle(req, new ServerResponse(req), () => calls.push('second'));
    expect(calls).toEqual(['first', 'second']);
  });

  test('without next, resolves after the promise of the application', async () => {
    let isDone = false;
    const slow = new SharedDataMiddleware(async (_req, res) => {
      await new Promise(setImmediate);
      isDone = true;
      res.end();
    }, {});
    const results: unknown[] = [];
    const server = createServer((req, res) => {
      void slow.handle(req, res).then((value) => results.push([value, isDone]));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await rawRequest(port, 'GET', '/');
    server.close();
    expect(results).toEqual([[undefined, true]]);
  });
});
