import fc from 'fast-check';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../../src/index';
import { folderWith } from '../../../support/files';
import { app } from '../../../support/server';
import { fileSystems, SHORT_NAMES } from './support/file-systems';
import { writeFixture } from './support/fixture';
import { mountDuringTests } from './support/mount';
import { start } from './support/servers';
import { isListed, spellings } from './support/spellings';

const NUM_RUNS = 500;

describe.each([...Object.entries(fileSystems), ['a local disk', null] as const])(
  'on %s',
  (_name, fileSystem) => {
    const site = fileSystem === null ? folderWith() : join(mountDuringTests(fileSystem), 'disk', 'site');

    beforeAll(() => {
      writeFixture(site);
      fileSystem?.prepare?.(site);
    });

    test(`of ${NUM_RUNS} spellings of names, those that are listed are served, and no others`, async () => {
      const get = await start(
        'node:http',
        new SharedDataMiddleware(app, { '/s': site }, { dotfiles: 'allow' }),
      );
      await fc.assert(
        fc.asyncProperty(spellings(SHORT_NAMES), async (path) => {
          expect([path, (await get(path)).status]).toEqual([path, isListed(site, path) ? 200 : 404]);
        }),
        { numRuns: NUM_RUNS },
      );
    });
  },
);
