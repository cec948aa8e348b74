import { SharedDataMiddleware, type Loader, type NextFunction } from '../../src/index';
import { folderWith } from '../support/files';
import { rawRequest, serve } from '../support/server';

const folder = folderWith({ 'a.txt': 'a' });

function neverApp(): never {
  throw new Error('the application must not be called');
}

async function callsOfNext(loader: Loader | string, target: string): Promise<unknown[][]> {
  const calls: unknown[][] = [];
  const { middleware } = new SharedDataMiddleware(neverApp, { '/s': loader });
  const { port } = await serve((req, res) => {
    const next: NextFunction = (...args) => {
      calls.push(args);
      res.end('next');
    };
    middleware(req, res, next);
  });
  await rawRequest(port, 'GET', target);
  return calls;
}

test('a file is served without a call of next', async () => {
  expect(await callsOfNext(folder, '/s/a.txt')).toEqual([]);
});

test('a request without a matching export calls next, not the application', async () => {
  expect(await callsOfNext(folder, '/s/b.txt')).toEqual([[]]);
  expect(await callsOfNext(folder, '/')).toEqual([[]]);
});

describe('a guard before the middleware that compares the raw request target', () => {
  const guarded = folderWith({
    'private/key.txt': 'secret',
    'ä.txt': 'ä',
    'public.txt': 'public',
  });

  async function behindGuard(target: string): Promise<string> {
    const { middleware } = new SharedDataMiddleware(neverApp, { '/': guarded });
    const { port } = await serve((req, res) => {
      if (/^\/private(\/|$)/i.test(req.url ?? '')) res.writeHead(403).end('guarded');
      else middleware(req, res, () => res.end('next'));
    });
    return (await rawRequest(port, 'GET', target)).body.toString();
  }

  test.each([
    '/%70rivate/key.txt',
    '/%50rivate/key.txt',
    '/p%72ivate/key.txt',
    '/private%2Fkey.txt',
    '/private%5ckey.txt',
    '//private/key.txt',
    '/./private/key.txt',
    '/x/../private/key.txt',
    '/%2e/private/key.txt',
    '/%2570rivate/key.txt',
  ])('is not bypassed by %s', async (target) => {
    expect(await behindGuard(target)).not.toContain('secret');
  });

  test('does not block other files, even if their URLs have escapes', async () => {
    expect(await behindGuard('/public.txt?%70')).toBe('public');
    expect(await behindGuard('/%C3%A4.txt')).toBe('ä');
  });
});

test('an error is passed to next unchanged', async () => {
  const error = Object.assign(new Error('mine'), { status: 404 });
  expect(await callsOfNext(() => Promise.reject(error), '/s/a')).toEqual([[error]]);
});

test('a file system error is passed to next with a status and without the path', async () => {
  const cause = Object.assign(new Error(`EACCES: permission denied, open '${folder}'`), { code: 'EACCES' });
  const calls = await callsOfNext(() => {
    throw cause;
  }, '/s/a');
  expect(calls).toEqual([
    [expect.objectContaining({ message: 'Forbidden', status: 403, statusCode: 403, cause })],
  ]);
});

test('an overridden handle is called, and its error is passed to next', async () => {
  const error = new Error('overridden');
  class Overridden extends SharedDataMiddleware {
    override handle(): Promise<void> {
      return Promise.reject(error);
    }
  }
  const { middleware } = new Overridden(null, {});
  const passed = await new Promise((resolve) => {
    middleware({} as never, {} as never, resolve);
  });
  expect(passed).toBe(error);
});
