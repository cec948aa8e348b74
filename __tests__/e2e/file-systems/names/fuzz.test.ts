import fc from 'fast-check';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../../../src/index';
import { folderWith } from '../../../support/files';
import { app } from '../../../support/server';
import { fileSystems, FIXTURE, SHORT_NAMES, writeFixture } from './support/file-systems';
import { mountDuringTests } from './support/mount';
import { start } from './support/servers';

const NUM_RUNS = 500;

/** What Windows and NTFS add to a name, or remove from it. */
const SUFFIXES = [
  '.',
  ' ',
  '...',
  ':',
  '::$DATA',
  ':$DATA',
  ':stream',
  ':stream:$DATA',
  '::$INDEX_ALLOCATION',
  '~1',
];

/** Characters that a file system may take for others. */
const ALIKE: Readonly<Record<string, readonly string[]>> = {
  s: ['S', 'ſ', 'ß'],
  k: ['K', '\u212A'],
  i: ['I', 'İ', 'ı'],
  é: ['É', 'e\u0301', 'E\u0301'],
  ω: ['Ω', '\u2126'],
  '.': ['．', '。'],
};

function charactersFor(character: string): readonly string[] {
  const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
  return [character, character, character, lower, upper, ...(ALIKE[character] ?? [])];
}

/** Other spellings of a name: of its characters, its short name, and with suffixes. */
function variantsOf(name: string): fc.Arbitrary<string> {
  const characters = Array.from(name, (character) => fc.constantFrom(...charactersFor(character)));
  const spelled = fc.tuple(...characters).map((parts) => parts.join(''));
  const shortName = SHORT_NAMES[name] ?? `${name.slice(0, 6)}~1`;
  const short = fc.constantFrom(shortName, shortName.toLowerCase());
  const suffix = fc.constantFrom('', '', '', '', ...SUFFIXES);
  const whole = fc.oneof({ weight: 3, arbitrary: fc.constant(name) }, spelled, short);
  return fc.tuple(whole, suffix).map((parts) => parts.join(''));
}

const paths = fc
  .constantFrom(...FIXTURE)
  .chain((path) => fc.tuple(...path.split('/').map(variantsOf)))
  .map((names) => names.join('/'));

/** Whether each segment of a path is listed in its directory, and the last one is a file. */
function isListed(folder: string, path: string): boolean {
  let directory = folder;
  for (const name of path.split('/')) {
    if (statSync(directory).isFile() || !readdirSync(directory).includes(name)) return false;
    directory = join(directory, name);
  }
  return statSync(directory).isFile();
}

describe.each([...Object.entries(fileSystems), ['a local disk', null] as const])(
  'on %s',
  (_name, fileSystem) => {
    const site = fileSystem === null ? folderWith() : join(mountDuringTests(fileSystem), 'disk', 'site');

    beforeAll(() => {
      writeFixture(site, fileSystem?.prepare);
    });

    test(`of ${NUM_RUNS} spellings of names, those that are listed are served, and no others`, async () => {
      const get = await start(
        'node:http',
        new SharedDataMiddleware(app, { '/s': site }, { dotfiles: 'allow' }),
      );
      await fc.assert(
        fc.asyncProperty(paths, async (path) => {
          expect([path, (await get(path)).status]).toEqual([path, isListed(site, path) ? 200 : 404]);
        }),
        { numRuns: NUM_RUNS },
      );
    });
  },
);
