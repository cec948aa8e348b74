import {
  NotFound,
  SharedDataMiddleware,
  type App,
  type FileLookup,
  type SharedDataOptions,
} from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const folder = folderWith(
  { 'a.txt': 'text', 'sub/index.html': 'index', 'secret.js': 'x', '.env': 'x' },
  new Date(1e12),
);

async function request(
  method: string,
  target: string,
  application: App | null = null,
  options: SharedDataOptions = { index: 'index.html', disallow: 'secret.js' },
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(application, { '/s': folder }, options).listener);
  return rawRequest(port, method, target);
}

describe.each<[string, App | null]>([
  ['null', null],
  ['NotFound', NotFound],
])('with the application %s', (_name, application) => {
  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])(
    '%s to a file responds 405 with Allow',
    async (method) => {
      const { status, headers } = await request(method, '/s/a.txt', application);
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    },
  );

  test.each(['/s/sub/', '/s/sub'])('POST to the directory %s with an index responds 405', async (target) => {
    expect((await request('POST', target, application)).status).toBe(405);
  });

  test.each(['/s/missing', '/s/secret.js', '/s/.env', '/elsewhere'])(
    'POST to %s, which GET does not serve, responds 404',
    async (target) => {
      expect((await request('POST', target, application)).status).toBe(404);
    },
  );
});

test('POST to a directory without its slash responds 404 with redirect: false', async () => {
  const options = { index: 'index.html', redirect: false } as const;
  expect((await request('POST', '/s/sub', null, options)).status).toBe(404);
  expect((await request('POST', '/s/sub/', null, options)).status).toBe(405);
});

test('with another application, POST to a file is left to it', async () => {
  expect((await request('POST', '/s/a.txt', app)).headers['x-app']).toBe('1');
});

test('isAllowed gets the request with its own method', async () => {
  const methods: unknown[] = [];
  class Watching extends SharedDataMiddleware {
    override isAllowed(_filename: string, { request: { method } }: FileLookup): boolean {
      methods.push(method);
      return true;
    }
  }
  const { port } = await serve(new Watching(null, { '/s': folder }).listener);
  expect((await rawRequest(port, 'POST', '/s/a.txt')).status).toBe(405);
  expect(methods).toEqual(['POST']);
});

test('an error of isAllowed responds 500 to POST', async () => {
  class Failing extends SharedDataMiddleware {
    override isAllowed(): boolean {
      throw new Error('failed');
    }
  }
  const { port } = await serve(new Failing(null, { '/s': folder }).listener);
  expect((await rawRequest(port, 'POST', '/s/a.txt')).status).toBe(500);
});
