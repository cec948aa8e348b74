import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../../src/index';
import { folderWith, put } from '../../../support/files';
import { app } from '../../../support/server';
import { exFat, mountDuringTests, ntfs } from './support/mount';
import { FRONT_ENDS, type FrontEnd } from '../../frameworks/support/frameworks';
import { isFromApp, start, type Get } from './support/servers';

/** Changes in quick succession: many of them within one tick of the clock of exFAT, two seconds. */
const ROUNDS = 10;

const disks: Readonly<Record<string, () => string>> = {
  exFAT: () => join(mountDuringTests(exFat), 'disk'),
  'NTFS without case': () => join(mountDuringTests(ntfs('lowntfs-3g', 'ignore_case')), 'disk'),
  'NTFS with short names': () => join(mountDuringTests(ntfs('ntfs-3g')), 'disk'),
  'a local disk': () => folderWith(),
};

function serve(frontEnd: FrontEnd, folder: string): Promise<Get> {
  return start(frontEnd, new SharedDataMiddleware(app, { '/s': folder }));
}

/** Requests each path several times at once. Returns the statuses of each, without repetition. */
async function statusesOf(get: Get, ...paths: readonly string[]): Promise<number[][]> {
  return Promise.all(
    paths.map(async (path) => {
      const answers = await Promise.all([1, 2, 3].map(() => get(path)));
      for (const answer of answers) expect(answer.status === 200 || isFromApp(answer)).toBe(true);
      return [...new Set(answers.map(({ status }) => status))];
    }),
  );
}

/** Requests paths without a pause while something runs. */
async function whileRequesting(get: Get, paths: readonly string[], run: () => Promise<void>): Promise<void> {
  const state = { isDone: false };
  async function client(path: string): Promise<void> {
    while (!state.isDone) await statusesOf(get, path);
  }
  const clients = Promise.all(paths.map(client));
  try {
    await run();
  } finally {
    state.isDone = true;
    await clients;
  }
}

describe.each(Object.entries(disks))('on %s', (_name, createDisk) => {
  const disk = createDisk();

  test.each(FRONT_ENDS)(
    'a file that is created or deleted is seen at the next request: %s',
    async (frontEnd) => {
      const get = await serve(frontEnd, disk);
      for (let round = 0; round < ROUNDS; round++) {
        for (const path of ['again.js', `new-${round}.js`, `folder-${round}/a.js`]) {
          expect(await statusesOf(get, path)).toEqual([[404]]);
          put(join(disk, path), `round ${round}`);
          expect((await get(path)).body.toString()).toBe(`round ${round}`);
          expect(await statusesOf(get, path)).toEqual([[200]]);
          rmSync(join(disk, path));
        }
      }
      for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
    },
  );
});

// lowntfs-3g is not among them: it lists all names in lower case, whatever they were created as.
describe.each(['exFAT', 'NTFS with short names', 'a local disk'])('on %s', (name) => {
  const disk = disks[name]?.() ?? '';

  function rename(from: string, to: string): void {
    renameSync(join(disk, from), join(disk, to));
  }

  afterEach(() => {
    for (const entry of readdirSync(disk)) rmSync(join(disk, entry), { recursive: true });
  });

  test.each(FRONT_ENDS)(
    'a rename that changes only case is seen at the next request: %s',
    async (frontEnd) => {
      const get = await serve(frontEnd, disk);
      put(join(disk, 'app.js'), 'content');
      for (let round = 0; round < ROUNDS; round++) {
        expect(await statusesOf(get, 'app.js', 'App.js')).toEqual([[200], [404]]);
        rename('app.js', 'App.js');
        expect(await statusesOf(get, 'app.js', 'App.js')).toEqual([[404], [200]]);
        rename('App.js', 'app.js');
      }
    },
  );

  test.each(FRONT_ENDS)('the same while other clients request both names: %s', async (frontEnd) => {
    const get = await serve(frontEnd, disk);
    put(join(disk, 'clé.js'), 'content');
    await whileRequesting(get, ['clé.js', 'CLÉ.js', 'missing.js'], async () => {
      for (let round = 0; round < ROUNDS; round++) {
        rename('clé.js', 'CLÉ.js');
        expect(await statusesOf(get, 'clé.js', 'CLÉ.js')).toEqual([[404], [200]]);
        rename('CLÉ.js', 'clé.js');
        expect(await statusesOf(get, 'clé.js', 'CLÉ.js')).toEqual([[200], [404]]);
      }
    });
  });

  test.each(FRONT_ENDS)('a file in place of one whose name differs in case: %s', async (frontEnd) => {
    const get = await serve(frontEnd, disk);
    for (let round = 0; round < ROUNDS; round++) {
      const [now, before] = round % 2 === 0 ? ['app.js', 'APP.js'] : ['APP.js', 'app.js'];
      rmSync(join(disk, before), { force: true });
      // exfat-fuse does not create a file at a name that it has just known another file by.
      put(join(disk, 'temporary'), 'same length');
      rename('temporary', now);
      expect(await statusesOf(get, now, before)).toEqual([[200], [404]]);
    }
  });
});
