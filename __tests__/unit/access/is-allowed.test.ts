import { isAllowed, isStoredFileAllowed, observeLookup } from '../../../src/access/is-allowed';
import type { FileLookup } from '../../../src/types';
import type { MaybePromise } from '../../../src/util/maybe-promise';

const request = { method: 'GET', url: '/s/x', headers: {} };

/** The result for a file, and the files that the policy was asked about. */
async function check(
  filename: string,
  path: string | null,
  policy: (filename: string) => MaybePromise<boolean>,
): Promise<[allowed: boolean, asked: [string, FileLookup][]]> {
  const asked: [string, FileLookup][] = [];
  const spy = {
    isAllowed: (name: string, lookup: FileLookup) => {
      asked.push([name, lookup]);
      return policy(name);
    },
  };
  const allowed = await isAllowed(spy, filename, { prefix: '/s', path, request });
  return [allowed, asked];
}

function namesOf(asked: readonly [string, FileLookup][]): unknown[] {
  return asked.map(
    ([
      name,
      {
        prefix,
        path,
        request: { url },
      },
    ]) => [name, prefix, path, url],
  );
}

test('the policy decides about a file by its name, path and request', async () => {
  const [allowed, asked] = await check('app.js', 'assets/app.js', () => true);
  expect([allowed, namesOf(asked)]).toEqual([true, [['app.js', '/s', 'assets/app.js', '/s/x']]]);
  expect((await check('app.js', 'assets/app.js', () => false))[0]).toBe(false);
});

test.each([
  ['app.js.br', 'assets/app.js.br'],
  ['app.js.gz', 'assets/app.js.gz'],
  ['app.js.zst', 'assets/app.js.zst'],
  ['app.js.gz.br', 'assets/app.js.gz.br'],
])('%s is denied if app.js is', async (filename, path) => {
  expect((await check(filename, path, (name) => name !== 'app.js'))[0]).toBe(false);
  expect((await check(filename, path, (name) => Promise.resolve(name !== 'app.js')))[0]).toBe(false);
  expect((await check(filename, path, () => true))[0]).toBe(true);
});

test('the policy is asked about an encoding, then about its original', async () => {
  const [, asked] = await check('app.js.br', 'assets/app.js.br', () => true);
  expect(namesOf(asked)).toEqual([
    ['app.js.br', '/s', 'assets/app.js.br', '/s/x'],
    ['app.js', '/s', 'assets/app.js', '/s/x'],
  ]);
});

test('a denied encoding is denied even if its original is allowed', async () => {
  const [allowed, asked] = await check('app.js.br', 'app.js.br', (name) => name === 'app.js');
  expect([allowed, asked.length]).toEqual([false, 1]);
});

test('an encoding that is exported by its own name has no path', async () => {
  const [, asked] = await check('app.js.br', null, () => true);
  expect(namesOf(asked)).toEqual([
    ['app.js.br', '/s', null, '/s/x'],
    ['app.js', '/s', null, '/s/x'],
  ]);
});

describe('a lookup that is observed', () => {
  const lookup = { prefix: '/s', path: 'a.txt', request };

  test('makes the response private if its request is read, also in a copy', () => {
    const { lookup: observed, scope } = observeLookup(lookup);
    expect([observed.prefix, observed.path, scope()]).toEqual(['/s', 'a.txt', 'public']);
    expect({ ...observed }).toEqual(lookup);
    expect(scope()).toBe('private');
  });

  test('makes the response private if its request is read for the original of an encoding', async () => {
    const { lookup: observed, scope } = observeLookup({ ...lookup, path: 'a.txt.gz' });
    const policy = {
      isAllowed: (name: string, { request: { method } }: FileLookup): boolean => {
        return name === 'a.txt.gz' || method === 'GET';
      },
    };
    expect(await isAllowed(policy, 'a.txt.gz', observed)).toBe(true);
    expect(scope()).toBe('private');
  });
});

describe('a file of which only an encoding is stored', () => {
  const lookup: FileLookup = { prefix: '/s', path: 'assets/app.js', request };
  const asked: unknown[] = [];
  const policy = {
    isAllowed: (name: string, { path }: FileLookup) => {
      asked.push([name, path]);
      return true;
    },
  };

  beforeEach(() => asked.splice(0));

  test.each([
    ['assets/app.js', 'assets/app.js.br'],
    [null, null],
  ])('with the path %s is decided about by both names', async (path, encodedPath) => {
    expect(await isStoredFileAllowed(policy, 'app.js', { ...lookup, path }, 'br')).toBe(true);
    expect(asked).toEqual([
      ['app.js.br', encodedPath],
      ['app.js', path],
    ]);
  });

  test('does not exist if there is no such coding', async () => {
    expect(await isStoredFileAllowed(policy, 'app.js', lookup, undefined)).toBe(true);
    expect(asked).toEqual([['app.js', 'assets/app.js']]);
  });
});
