import { MetadataCache } from '../../../src/s3/metadata-cache';
import type { ObjectMetadata } from '../../../src/s3/object-metadata';

let now = 0;
let requestedKeys: string[] = [];

beforeEach(() => {
  now = 1000;
  requestedKeys = [];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => jest.restoreAllMocks());

function createCache(metadataTtl: number, maxKeys = 10): MetadataCache {
  return new MetadataCache(fetchMetadata, { metadataTtl, maxKeys });
}

/** Keys that start with `no` do not exist. */
function fetchMetadata(key: string): Promise<ObjectMetadata | null> {
  requestedKeys.push(key);
  const metadata = {
    mtime: new Date(0),
    size: requestedKeys.length,
    etag: `"${requestedKeys.length}"`,
    headers: {},
  };
  return Promise.resolve(key.startsWith('no') ? null : metadata);
}

test.each(['a', 'none'])('the result for the key %s is cached for metadataTtl milliseconds', async (key) => {
  const cache = createCache(100);
  const first = await cache.get(key);
  now += 99;
  expect(cache.get(key)).toBe(first);
  expect(requestedKeys).toEqual([key]);
  now += 1;
  await cache.get(key);
  expect(requestedKeys).toEqual([key, key]);
});

test('metadataTtl starts at the request to the store, not at its response', async () => {
  const cache = createCache(100);
  const first = cache.get('a');
  now += 60;
  await first;
  now += 40;
  await cache.get('a');
  expect(requestedKeys).toEqual(['a', 'a']);
});

test('metadataTtl 0 caches nothing', async () => {
  const cache = createCache(0);
  await cache.get('a');
  await cache.get('a');
  expect(requestedKeys).toEqual(['a', 'a']);
});

test.each([0, 100])(
  'concurrent requests for a key share one request to the store, with metadataTtl %d',
  async (metadataTtl) => {
    const cache = createCache(metadataTtl);
    const results = await Promise.all([cache.get('a'), cache.get('a'), cache.get('b'), cache.get('a')]);
    expect(requestedKeys).toEqual(['a', 'b']);
    expect(results[1]).toBe(results[0]);
  },
);

test('a failed request is not cached', async () => {
  const results = [Promise.reject(new Error('down')), Promise.resolve(null)];
  const cache = new MetadataCache(() => results.shift() ?? Promise.resolve(null), {
    metadataTtl: 100,
    maxKeys: 1,
  });
  await expect(cache.get('a')).rejects.toThrow('down');
  expect(await cache.get('a')).toBe(null);
});

test('at most maxKeys keys are cached, and the least recently used key is evicted first', async () => {
  const cache = createCache(100, 2);
  await cache.get('a');
  await cache.get('b');
  await cache.get('a');
  await cache.get('c');
  await cache.get('a');
  expect(requestedKeys).toEqual(['a', 'b', 'c']);
  await cache.get('b');
  expect(requestedKeys).toEqual(['a', 'b', 'c', 'b']);
});

test('delete removes the given metadata, but not metadata that has replaced it', async () => {
  const cache = createCache(100);
  const old = await cache.get('a');
  if (old === null) throw new Error('expected metadata');
  cache.delete('a', old);
  const fresh = await cache.get('a');
  expect(requestedKeys).toEqual(['a', 'a']);
  cache.delete('a', old);
  expect(cache.get('a')).toBe(fresh);
});
