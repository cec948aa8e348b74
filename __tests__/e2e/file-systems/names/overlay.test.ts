import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../../src/index';
import { app } from '../../../support/server';
import { expectExactNames } from './support/expectations';
import { fileSystems } from './support/file-systems';
import { writeFixture } from './support/fixture';
import { mountDuringTests, run } from './support/mount';
import { policies } from './support/policies';
import { FRONT_ENDS } from '../../frameworks/support/frameworks';
import { start } from './support/servers';

// overlayfs passes names on: it finds files by all names that the file system below it knows.
describe.each(Object.entries(fileSystems))('overlayfs over %s', (_name, fileSystem) => {
  const local = mountDuringTests(fileSystem);
  const merged = join(local, 'merged');

  // overlayfs refuses file systems that ignore case, if they say so. Those in user space do not.
  describe('mounted', () => {
    beforeAll(() => {
      writeFixture(join(local, 'disk'));
      fileSystem.prepare?.(join(local, 'disk'));
      for (const folder of ['merged', 'empty']) mkdirSync(join(local, folder));
      const layers = `lowerdir=${join(local, 'empty')}:${join(local, 'disk')}`;
      run('mount', '-t', 'overlay', '-o', layers, 'overlay', merged);
    });

    afterAll(() => {
      run('umount', merged);
    });

    test.each(FRONT_ENDS)('a file is served only at the name in its directory: %s', async (frontEnd) => {
      const policy = policies['disallow'];
      if (policy === undefined) throw new Error('expected a policy');
      const { options } = policy;
      const get = await start(frontEnd, new SharedDataMiddleware(app, { '/s': merged }, options));
      await expectExactNames(get, policy, fileSystem.aliases);
    });
  });
});
