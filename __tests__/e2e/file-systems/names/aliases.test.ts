import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type SharedDataOptions } from '../../../../src/index';
import { app } from '../../../support/server';
import { expectAnyNames, expectExactNames } from './support/expectations';
import { fileSystems } from './support/file-systems';
import { FIXTURE, writeFixture } from './support/fixture';
import { mountDuringTests } from './support/mount';
import { exported, policies, SITE, type Policy } from './support/policies';
import { FRONT_ENDS } from '../../frameworks/support/frameworks';
import { ANY_NAMES, start } from './support/servers';

describe.each(Object.entries(fileSystems))('%s', (_name, fileSystem) => {
  const local = mountDuringTests(fileSystem);
  const site = join(local, SITE);

  beforeAll(() => {
    writeFixture(site);
    fileSystem.prepare?.(site);
    mkdirSync(join(local, 'public'));
    symlinkSync(site, join(local, 'public', 'link'));
  });

  function create(policy: Policy, more: SharedDataOptions = {}): SharedDataMiddleware {
    const { options, Middleware = SharedDataMiddleware } = policy;
    const exports = { '/s': exported(policy, local) };
    return new Middleware(app, exports, { resolveFrom: site, ...options, ...more });
  }

  test('the file system finds each file by its other names', () => {
    const aliases = FIXTURE.flatMap(fileSystem.aliases);
    expect(aliases.length).toBeGreaterThan(FIXTURE.length);
    for (const alias of aliases) expect(statSync(join(site, alias)).isFile()).toBe(true);
  });

  describe.each(Object.entries(policies))('with %s', (_policy, policy) => {
    test.each(FRONT_ENDS)('a file is served only at the name in its directory: %s', async (frontEnd) => {
      await expectExactNames(await start(frontEnd, create(policy)), policy, fileSystem.aliases);
    });

    test.each(FRONT_ENDS)("names: 'any' serves a public file at all its names: %s", async (frontEnd) => {
      await expectAnyNames(await start(frontEnd, create(policy, ANY_NAMES)), policy, fileSystem.aliases);
    });
  });
});
