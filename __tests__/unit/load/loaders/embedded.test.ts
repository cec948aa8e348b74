import { validateOptions } from '../../../../src/options/validate';
import type { SharedDataOptions } from '../../../../src/index';
import { embeddedFirst, type EmbeddedAssets } from '../../../../src/load/loaders/embedded';
import type { LoaderResult, Loader } from '../../../../src/types';

const contents: Record<string, string> = {
  'public/app.js': 'script',
  'public/app.js.gz': 'gz',
  'public/data.js.gz': 'gz alone',
  'public/app.js.0123456789abcdef.dcz': 'delta',
  'public/docs/index.html': 'docs',
  'public/about.html': 'about',
  'secret.txt': 'outside',
  'favicon.ico': 'icon',
};

const assets: EmbeddedAssets = {
  isSea: () => true,
  getRawAsset(key) {
    const content = contents[key];
    if (content === undefined) throw new Error('ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND');
    return new TextEncoder().encode(content).buffer;
  },
};

const request = { method: 'GET', url: '/', headers: {} };
const diskLoader: Loader = (path) =>
  path === 'disk.txt' ? (['disk.txt', () => null] as unknown as LoaderResult) : null;

function createLoader(folder: string, options: SharedDataOptions = {}): Loader {
  return embeddedFirst(folder, validateOptions(options), () => diskLoader, assets);
}

async function textOf(result: Awaited<ReturnType<Loader>>): Promise<string | undefined> {
  const file = await result?.[1]();
  return file && Buffer.from(file.content ?? []).toString();
}

describe('in a single executable application', () => {
  test.each(['public', './public/', 'public/'])(
    'assets are found below the key prefix %s',
    async (folder) => {
      const result = await createLoader(folder)('app.js', request);
      expect([result?.[0], await textOf(result)]).toEqual(['app.js', 'script']);
    },
  );

  test('the modification time of an asset is the start of the process', async () => {
    const file = await (await createLoader('public')('app.js', request))?.[1]();
    expect(file?.mtime).toEqual(new Date(performance.timeOrigin));
    expect(file?.size).toBe(6);
  });

  test('a single asset can be exported as a file', async () => {
    expect(await textOf(await createLoader('favicon.ico')(null, request))).toBe('icon');
  });

  test('index, extensions and precompressed work as for files on disk', async () => {
    const loader = createLoader('public', { index: 'index.html', extensions: ['html'], precompressed: true });
    expect(await textOf(await loader('docs/', request))).toBe('docs');
    expect(await textOf(await loader('about', request))).toBe('about');
    const openEncoded = (await loader('app.js', request))?.[2];
    expect(Buffer.from((await openEncoded?.('gzip'))?.content ?? []).toString()).toBe('gz');
    expect(await openEncoded?.('br')).toBeNull();
  });

  test('an encoding without its original is found for clients that accept it', async () => {
    const loader = createLoader('public', { precompressed: true });
    const accepting = (coding: string) => ({ ...request, headers: { 'accept-encoding': coding } });
    const found = await loader('data.js', accepting('br, gzip'));
    expect([found?.[0], found?.[2]?.alone]).toEqual(['data.js', 'gzip']);
    expect(Buffer.from((await found?.[2]?.('gzip'))?.content ?? []).toString()).toBe('gz alone');
    expect(await found?.[2]?.('br')).toBeNull();
    expect(() => found?.[1]()).toThrow('no such file');
    expect(await loader('data.js', accepting('br'))).toBeNull();
    expect(await createLoader('public')('data.js', accepting('gzip'))).toBeNull();
  });

  test('dictionaries work as for files on disk', async () => {
    const loader = createLoader('public', { dictionaries: { match: '/*' } });
    const openDelta = (await loader('app.js', request))?.[3];
    expect(Buffer.from((await openDelta?.('dcz', '0123456789abcdef'))?.content ?? []).toString()).toBe(
      'delta',
    );
    expect(await openDelta?.('dcb', '0123456789abcdef')).toBeNull();
  });

  test.each(['../secret.txt', 'x/../../secret.txt', '', 'docs', 'missing.txt'])(
    '%j is not an asset',
    async (path) => {
      expect(await createLoader('public')(path, request)).toBeNull();
    },
  );

  test('a path that is not embedded is loaded from the disk', async () => {
    expect((await createLoader('public')('disk.txt', request))?.[0]).toBe('disk.txt');
  });

  test('a package that is not installed is served from its assets only', async () => {
    const loader = embeddedFirst(
      'public',
      validateOptions({}),
      () => {
        throw new Error('package not found');
      },
      assets,
    );
    expect(await textOf(await loader('app.js', request))).toBe('script');
    expect(await loader('other.txt', request)).toBeNull();
  });
});

test('outside a single executable application, the disk loader is used unchanged', () => {
  expect(embeddedFirst('public', validateOptions({}), () => diskLoader)).toBe(diskLoader);
});
