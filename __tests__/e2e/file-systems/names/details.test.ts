import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../../src/index';
import { statusesAt } from '../../../integration/cli/listing-support';
import { served } from '../../../support/cli';
import { put } from '../../../support/files';
import { app } from '../../../support/server';
import { FRONT_ENDS } from '../../frameworks/support/frameworks';
import { escapePath, isFromApp, start } from './support/servers';
import { fileSystems } from './support/file-systems';
import { writeFixture } from './support/fixture';
import { exFat, mountDuringTests } from './support/mount';

describe.each(Object.entries(fileSystems))('%s', (_name, fileSystem) => {
  const site = join(mountDuringTests(fileSystem), 'disk', 'site');

  beforeAll(() => {
    writeFixture(site);
    fileSystem.prepare?.(site);
  });

  test('the listing of the command shows a directory only at its name', async () => {
    const port = await served(site, '--listing', '--disallow', '*.map', '--disallow', 'secret-things/');
    expect(await statusesAt(port, '/', '/documents/', '/documents', '/app.js')).toEqual([200, 200, 308, 200]);
    expect(await statusesAt(port, '/secret-things/', '/app.js.map')).toEqual([404, 404]);
    const paths = ['documents/', 'documents', 'secret-things/', 'secret-things/deep-inside/', 'app.js.map'];
    for (const alias of paths.flatMap(fileSystem.aliases)) {
      expect([alias, ...(await statusesAt(port, `/${escapePath(alias)}`))]).toEqual([alias, 404]);
    }
  });

  test.each(FRONT_ENDS)('a directory is redirected to its slash only at its name: %s', async (frontEnd) => {
    const get = await start(frontEnd, new SharedDataMiddleware(app, { '/s': site }, { index: 'index.html' }));
    expect((await get('documents')).status).toBe(308);
    for (const alias of fileSystem.aliases('documents')) {
      expect([alias, isFromApp(await get(alias))]).toEqual([alias, true]);
    }
  });

  test.each(FRONT_ENDS)('an alias never has the headers of an immutable file: %s', async (frontEnd) => {
    const isImmutable = (path: string): boolean => path === 'app.js';
    const options = { immutable: isImmutable };
    const get = await start(frontEnd, new SharedDataMiddleware(app, { '/s': site }, options));
    expect((await get('app.js')).headers['cache-control']).toContain('immutable');
    for (const alias of fileSystem.aliases('app.js')) {
      expect((await get(alias)).headers['cache-control']).toBeUndefined();
    }
  });

  test.each(FRONT_ENDS)("dotfiles: 'deny' does not apply to another name: %s", async (frontEnd) => {
    const options = { dotfiles: 'deny' } as const;
    const get = await start(frontEnd, new SharedDataMiddleware(app, { '/s': site }, options));
    expect((await get('.git/config')).status).toBe(403);
    for (const alias of fileSystem.aliases('.git/config')) {
      expect([403, 404]).toContain((await get(alias)).status);
    }
  });

  test.each(FRONT_ENDS)(
    'an exported directory or file may itself be any of its names: %s',
    async (frontEnd) => {
      const [directory = 'documents'] = fileSystem.aliases('documents/');
      const [file = 'app.js'] = fileSystem.aliases('app.js');
      const exports = { '/s/directory': join(site, directory), '/s/file': join(site, file) };
      const get = await start(frontEnd, new SharedDataMiddleware(app, exports));
      expect((await get('directory/index.html')).status).toBe(200);
      expect((await get('file')).status).toBe(200);
    },
  );
});

describe('names on exFAT that differ in case from what is looked for', () => {
  const disk = join(mountDuringTests(exFat), 'disk');

  beforeAll(() => {
    for (const path of ['app.js', 'APP.JS.BR', 'a/INDEX.html', 'page.HTML']) put(join(disk, path), path);
  });

  test.each(FRONT_ENDS)('are no encoding, no index and no extension: %s', async (frontEnd) => {
    const options = { precompressed: true, index: 'index.html', extensions: ['html'] };
    const get = await start(frontEnd, new SharedDataMiddleware(app, { '/s': disk }, options));
    const { status, headers, body } = await get('app.js', { 'Accept-Encoding': 'br' });
    expect([status, headers['content-encoding'], body.toString()]).toEqual([200, undefined, 'app.js']);
    for (const path of ['a/', 'a', 'page']) expect([path, isFromApp(await get(path))]).toEqual([path, true]);
    for (const path of ['a/INDEX.html', 'page.HTML']) expect((await get(path)).status).toBe(200);
  });
});
