import fc from 'fast-check';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURE } from './fixture';

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
function spellingsOf(name: string, shortName = `${name.slice(0, 6)}~1`): fc.Arbitrary<string> {
  const characters = Array.from(name, (character) => fc.constantFrom(...charactersFor(character)));
  const spelled = fc.tuple(...characters).map((parts) => parts.join(''));
  const short = fc.constantFrom(shortName, shortName.toLowerCase());
  const suffix = fc.constantFrom('', '', '', '', ...SUFFIXES);
  const whole = fc.oneof({ weight: 3, arbitrary: fc.constant(name) }, spelled, short);
  return fc.tuple(whole, suffix).map((parts) => parts.join(''));
}

/** Other spellings of paths of the fixture. */
export function spellings(shortNames: Readonly<Record<string, string>>): fc.Arbitrary<string> {
  return fc
    .constantFrom(...FIXTURE)
    .chain((path) => fc.tuple(...path.split('/').map((name) => spellingsOf(name, shortNames[name]))))
    .map((names) => names.join('/'));
}

/** Whether each segment of a path is listed in its directory, and the last one is a file. */
export function isListed(folder: string, path: string): boolean {
  let directory = folder;
  for (const name of path.split('/')) {
    if (statSync(directory).isFile() || !readdirSync(directory).includes(name)) return false;
    directory = join(directory, name);
  }
  return statSync(directory).isFile();
}
