import fs, { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type ExportTarget, type Exports, type Loader } from '../../src/index';
import { folderWith, put } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const folder = folderWith({ 'a.txt': 'a', 'sub/b.txt': 'b' });

async function get(exports: Exports, target: string): Promise<string> {
  const { port } = await serve(new SharedDataMiddleware(app, exports).listener);
  return (await rawRequest(port, 'GET', target)).body.toString();
}

const hello: Loader = (path) => {
  const content = Buffer.from(`hello ${path ?? 'nobody'}`);
  const read = (start: number, end: number): Buffer => content.subarray(start, end + 1);
  return ['hello.txt', () => ({ mtime: new Date(0), size: content.length, read })];
};

describe('exports can be', () => {
  test.each<[string, Exports]>([
    ['a record', { '/x': join(folder, 'sub'), '/s': folder }],
    [
      'a Map',
      new Map([
        ['/x', join(folder, 'sub')],
        ['/s', folder],
      ]),
    ],
    [
      'an array of pairs',
      [
        ['/x', join(folder, 'sub')],
        ['/s', folder],
      ],
    ],
    ['any iterable of pairs', new Set([['/s', folder] as const])],
  ])('%s', async (_form, exports) => {
    expect(await get(exports, '/s/a.txt')).toBe('a');
    expect(await get(exports, '/s/none')).toBe('APP\n');
  });
});

describe('the target of an export can be', () => {
  test('a file, which is served for the prefix and every path below it', async () => {
    const exports = { '/f': join(folder, 'a.txt') };
    expect(await get(exports, '/f')).toBe('a');
    expect(await get(exports, '/f/any/thing')).toBe('a');
    expect(await get(exports, '/fx')).toBe('APP\n');
  });

  test('a directory, whose own path is passed to the application', async () => {
    const exports = { '/d': folder };
    expect(await get(exports, '/d/sub/b.txt')).toBe('b');
    expect(await get(exports, '/d')).toBe('APP\n');
    expect(await get(exports, '/d/sub')).toBe('APP\n');
    expect(await get(exports, '/d/sub/')).toBe('APP\n');
  });

  test('a path that does not exist yet', async () => {
    const missing = join(folderWith(), 'missing');
    const { port } = await serve(new SharedDataMiddleware(app, { '/l': missing }).listener);
    expect((await rawRequest(port, 'GET', '/l/c.txt')).body.toString()).toBe('APP\n');
    put(join(missing, 'c.txt'), 'c');
    expect((await rawRequest(port, 'GET', '/l/c.txt')).body.toString()).toBe('c');
  });

  test('a loader, which receives the path after the prefix, or null without one', async () => {
    expect(await get({ '/h': hello }, '/h/you%20all/too?x')).toBe('hello you all/too');
    expect(await get({ '/h': hello }, '/h')).toBe('hello nobody');
    const below: Loader = (path, request) => (path === null ? null : hello(path, request));
    expect(await get({ '/h/': below }, '/h/')).toBe('hello ');
  });

  test('a loader that returns a promise', async () => {
    const exports: [string, Loader][] = [
      ['/h', () => Promise.resolve(null)],
      ['/h', async (path, request) => Promise.resolve(hello(path, request))],
    ];
    expect(await get(exports, '/h/you')).toBe('hello you');
    expect(await get([['/h', () => Promise.resolve(null)]], '/h/you')).toBe('APP\n');
  });
});

test('a loader receives the method, URL and headers of the request unchanged', async () => {
  const requests: unknown[] = [];
  const loader: Loader = (_path, { method, url, headers }) => {
    requests.push([method, url, headers['x-tenant']]);
    return null;
  };
  const { port } = await serve(new SharedDataMiddleware(app, { '/h': loader }).listener);
  await rawRequest(port, 'HEAD', '/h/%41?q=1', [['X-Tenant', 'one']]);
  expect(requests).toEqual([['HEAD', '/h/%41?q=1', 'one']]);
});

test('exports are searched in order and can change between requests', async () => {
  const shared = new SharedDataMiddleware(app, { '/s': join(folder, 'sub') });
  const { port } = await serve(shared.listener);
  const body = async (target: string): Promise<string> =>
    (await rawRequest(port, 'GET', target)).body.toString();
  expect(await body('/s/a.txt')).toBe('APP\n');
  shared.exports.push(['/s', shared.getDirectoryLoader(folder)]);
  expect(await body('/s/a.txt')).toBe('a');
  expect(await body('/s/b.txt')).toBe('b');
  shared.exports = [];
  expect(await body('/s/b.txt')).toBe('APP\n');
});

describe('an invalid export throws a TypeError that describes it', () => {
  test.each<[unknown, string]>([
    [
      { '/x': 1 },
      "export '/x': expected the path of a file or directory, [package, path], or a loader function, got 1",
    ],
    [{ '/x': '' }, "got ''"],
    [{ '/x': 'a\0b' }, 'got '],
    [{ '/x': ['pkg'] }, "got [ 'pkg' ]"],
    [{ '/x': ['pkg', 2] }, "got [ 'pkg', 2 ]"],
    [{ '/x': null }, 'got null'],
    [[['/x']], "expected exports as pairs of a prefix and a target, got [ '/x' ]"],
    [[[1, 'x']], 'got [ 1'],
    [['/x'], "got '/x'"],
    ['/x', "expected exports as a record, a Map or an iterable of pairs, got '/x'"],
    [null, 'got null'],
    [undefined, 'got undefined'],
  ])('for %j', (exports, message) => {
    const construct = (): unknown => new SharedDataMiddleware(null, exports as Exports);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });

  test('for an overridden loader method that does not return a function', () => {
    class Wrong extends SharedDataMiddleware {
      override getDirectoryLoader(): Loader {
        return 'nothing' as unknown as Loader;
      }
    }
    expect(() => new Wrong(null, { '/x': folder })).toThrow(
      "export '/x': expected its loader to be a function, got 'nothing'",
    );
  });
});

describe('an exported path that does not exist', () => {
  function warningsOf(target: ExportTarget, Class = SharedDataMiddleware): unknown[][] {
    const emit = jest.spyOn(process, 'emitWarning').mockImplementation();
    new Class(null, { '/s': target });
    const { calls } = emit.mock;
    emit.mockRestore();
    return calls;
  }

  test('emits a warning with a code, once per path', () => {
    const missing = join(folderWith(), 'pubilc');
    expect(warningsOf(missing)).toEqual([
      [expect.stringContaining(`'${missing}' does not exist`), { code: 'SHARED_DATA_EXPORT_MISSING' }],
    ]);
    expect(warningsOf(missing)).toEqual([]);
    expect(warningsOf(`${missing}/`)).toEqual([]);
    expect(warningsOf(`${missing}-2`)).toHaveLength(1);
  });

  test('emits a warning if a link leads to nothing', () => {
    const link = join(folderWith(), 'link');
    symlinkSync('nowhere', link);
    expect(warningsOf(link)).toHaveLength(1);
  });

  test('emits no warning if it is a file, a directory or a loader', () => {
    expect(warningsOf(folder)).toEqual([]);
    expect(warningsOf(join(folder, 'a.txt'))).toEqual([]);
    expect(warningsOf(hello)).toEqual([]);
  });

  test('emits no warning for a dotfile or a directory in a package', () => {
    const parent = folderWith();
    expect(warningsOf(join(parent, '.well-known'))).toEqual([]);
    expect(warningsOf(join(parent, '.cache/site'))).toEqual([]);
    expect(warningsOf(['lru-cache', 'no-such-directory'])).toEqual([]);
    expect(warningsOf('./no-such-directory/../no-such-directory')).toHaveLength(1);
  });

  test('emits no warning if an overridden method creates the loader', () => {
    class FromElsewhere extends SharedDataMiddleware {
      override getDirectoryLoader(): Loader {
        return hello;
      }
    }
    expect(warningsOf(join(folderWith(), 'missing'), FromElsewhere)).toEqual([]);
  });

  test('emits a warning if an overridden method passes it to super', () => {
    class Below extends SharedDataMiddleware {
      override getDirectoryLoader(directory: string): Loader {
        return super.getDirectoryLoader(join(directory, 'dist'));
      }
    }
    const parent = folderWith();
    expect(warningsOf(parent, Below)).toHaveLength(1);
    mkdirSync(join(parent, 'dist'));
    expect(warningsOf(parent, Below)).toEqual([]);
  });
});

describe('an exported path that cannot be examined', () => {
  afterEach(() => jest.restoreAllMocks());

  function errorOf(target: ExportTarget): Error & { cause?: unknown } {
    try {
      new SharedDataMiddleware(null, { '/s': target });
    } catch (error) {
      return error as Error;
    }
    throw new Error('expected an error');
  }

  test.each<[string, ExportTarget]>([
    ['name', join(folder, 'x'.repeat(300))],
    ['path', join(folder, 'x/'.repeat(3000))],
    ['package name', ['x'.repeat(300), 'dist']],
  ])('is a TypeError that names the export if its %s is too long', (_what, target) => {
    const error = errorOf(target);
    expect(error).toBeInstanceOf(TypeError);
    expect(error.message).toBe(
      "export '/s': expected the path of a file or directory, got one that is too long",
    );
  });

  test.each(['EIO', 'ENOTCONN', 'EACCES'])('is an error that names the export for %s', (code) => {
    const failure = Object.assign(new Error(`${code}: failed, stat '${folder}'`), { code, syscall: 'stat' });
    jest.spyOn(fs, 'statSync').mockImplementation(() => {
      throw failure;
    });
    const error = errorOf(folder);
    expect(error.message).toBe(
      "export '/s': expected the path of a file or directory, got one that cannot be examined: " +
        failure.message,
    );
    expect(error.cause).toBe(failure);
  });
});

describe('a list of many exports', () => {
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`/export-${index}`, folderWith({ 'a.txt': String(index) })]),
  );

  async function textAt(shared: SharedDataMiddleware, url: string): Promise<string | undefined> {
    const answer = await shared.answer({ method: 'GET', url, headers: {} });
    return answer?.body instanceof Uint8Array ? Buffer.from(answer.body).toString() : undefined;
  }

  test('may be pushed to and assigned after requests', async () => {
    const shared = new SharedDataMiddleware(null, many);
    expect(await textAt(shared, '/export-99/a.txt')).toBe('99');
    const { exports } = shared;
    exports.unshift(['/export-99', shared.getDirectoryLoader(folderWith({ 'a.txt': 'first' }))]);
    expect(await textAt(shared, '/export-99/a.txt')).toBe('first');
    exports.length = 0;
    expect(await textAt(shared, '/export-1/a.txt')).toBeUndefined();
    shared.exports = [['/new', shared.getDirectoryLoader(folderWith({ 'a.txt': 'new' }))]];
    expect(await textAt(shared, '/new/a.txt')).toBe('new');
  });

  test('may come from an overridden accessor', async () => {
    class Tenants extends SharedDataMiddleware {
      isOpen = true;
      override get exports(): [string, Loader][] {
        return this.isOpen ? super.exports : [];
      }
    }
    const shared = new Tenants(null, many);
    expect(await textAt(shared, '/export-7/a.txt')).toBe('7');
    shared.isOpen = false;
    expect(await textAt(shared, '/export-7/a.txt')).toBeUndefined();
  });
});
