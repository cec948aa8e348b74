import { checkOptions } from '../../src/check-options';
import type { SharedDataOptions } from '../../src';
import { embeddedFirst, type EmbeddedAssets } from '../../src/loaders/embedded';
import type { Loaded, Loader } from '../../src/loaders/loader';

const contents: Record<string, string> = {
  'public/app.js': 'script',
  'public/app.js.gz': 'gz',
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
const onDisk: Loader = (path) =>
  path === 'disk.txt' ? (['disk.txt', () => null] as unknown as Loaded) : null;

function loaderOf(folder: string, options: SharedDataOptions = {}): Loader {
  return embeddedFirst(folder, checkOptions(options), () => onDisk, assets);
}

async function textOf(loaded: Awaited<ReturnType<Loader>>): Promise<string | undefined> {
  const file = await loaded?.[1]();
  return file && Buffer.from(file.content ?? []).toString();
}

describe('in a single executable application', () => {
  test.each(['public', './public/', 'public/'])('assets are found below the key %s', async (folder) => {
    const loaded = await loaderOf(folder)('app.js', request);
    expect([loaded?.[0], await textOf(loaded)]).toEqual(['app.js', 'script']);
  });

  test('an asset has the time of the start of the program', async () => {
    const file = await (await loaderOf('public')('app.js', request))?.[1]();
    expect(file?.mtime).toEqual(new Date(performance.timeOrigin));
    expect(file?.size).toBe(6);
  });

  test('one asset may be a file of its own', async () => {
    expect(await textOf(await loaderOf('favicon.ico')(null, request))).toBe('icon');
  });

  test('index, extensions and stored codings work as on the disk', async () => {
    const loader = loaderOf('public', { index: 'index.html', extensions: ['html'], precompressed: true });
    expect(await textOf(await loader('docs/', request))).toBe('docs');
    expect(await textOf(await loader('about', request))).toBe('about');
    const openCoded = (await loader('app.js', request))?.[2];
    expect(Buffer.from((await openCoded?.('gzip'))?.content ?? []).toString()).toBe('gz');
    expect(await openCoded?.('br')).toBeNull();
  });

  test.each(['../secret.txt', 'x/../../secret.txt', '', 'docs', 'missing.txt'])(
    '%j is no asset',
    async (path) => {
      expect(await loaderOf('public')(path, request)).toBeNull();
    },
  );

  test('what is not embedded comes from the disk', async () => {
    expect((await loaderOf('public')('disk.txt', request))?.[0]).toBe('disk.txt');
  });

  test('a package that is not installed has its assets alone', async () => {
    const loader = embeddedFirst(
      'public',
      checkOptions({}),
      () => {
        throw new Error('package not found');
      },
      assets,
    );
    expect(await textOf(await loader('app.js', request))).toBe('script');
    expect(await loader('other.txt', request)).toBeNull();
  });
});

test('elsewhere it is the loader of the disk itself', () => {
  expect(embeddedFirst('public', checkOptions({}), () => onDisk)).toBe(onDisk);
});
