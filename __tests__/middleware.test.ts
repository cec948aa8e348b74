import { SharedDataMiddleware, type Loader, type NextFunction } from '../src';
import { folderWith } from './support/files';
import { rawRequest, serve } from './support/server';

const folder = folderWith({ 'a.txt': 'a' });

function neverApp(): never {
  throw new Error('the application must not be asked');
}

async function nextGets(loader: Loader | string, target: string): Promise<unknown[][]> {
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

test('a file is answered without next', async () => {
  expect(await nextGets(folder, '/s/a.txt')).toEqual([]);
});

test('what no export has goes to next, not to the application', async () => {
  expect(await nextGets(folder, '/s/b.txt')).toEqual([[]]);
  expect(await nextGets(folder, '/')).toEqual([[]]);
});

test('an error goes to next as it is', async () => {
  const error = Object.assign(new Error('mine'), { status: 404 });
  expect(await nextGets(() => Promise.reject(error), '/s/a')).toEqual([[error]]);
});

test('an error of the file system goes to next with a status and without the path', async () => {
  const cause = Object.assign(new Error(`EACCES: permission denied, open '${folder}'`), { code: 'EACCES' });
  const calls = await nextGets(() => {
    throw cause;
  }, '/s/a');
  expect(calls).toEqual([
    [expect.objectContaining({ message: 'Forbidden', status: 403, statusCode: 403, cause })],
  ]);
});

test('an overridden handle counts, and its error goes to next', async () => {
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
