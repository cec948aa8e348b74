import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../support/root';

type Import = readonly [file: string, imported: string];

/** How many import rules reject each import. */
function rejections(imports: readonly Import[]): Record<string, number> {
  const script = join(__dirname, 'support/lint-imports.mjs');
  const output = execFileSync(process.execPath, [script, JSON.stringify(imports)], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  const counts = JSON.parse(output) as number[];
  return Object.fromEntries(imports.map((pair, index) => [pair.join(' -> '), counts[index] ?? -1]));
}

function each(imports: readonly Import[], count: number): Record<string, number> {
  return Object.fromEntries(imports.map((pair) => [pair.join(' -> '), count]));
}

const REJECTED: readonly Import[] = [
  ['src/types.ts', './http/date'],
  ['src/util/resource.ts', '../types'],
  ['src/options/options.ts', '../http/date'],
  ['src/http/date.ts', '../load/files/read'],
  ['src/paths/dotfiles.ts', '../access/disallow'],
  ['src/access/disallow.ts', '../match/find-file'],
  ['src/match/find-file.ts', '../decide/decide'],
  ['src/load/files/read.ts', '../../decide/decide'],
  ['src/load/loaders/file.ts', '../../middleware'],
  ['src/decide/decide.ts', '../load/loaders/file'],
  ['src/encode/compressor.ts', '../decide/decide'],
  ['src/decide/decide.ts', '../match/match-exports'],
  ['src/listing/listing.ts', '../decide/decide'],
  ['src/send/send.ts', '../load/files/read'],
  ['src/adapters/koa.ts', '../decide/decide'],
  ['src/s3/store.ts', '../decide/decide'],
  ['src/cli/main.ts', '../decide/decide'],
];

const ACCEPTED: readonly Import[] = [
  ['src/types.ts', './util/maybe-promise'],
  ['src/load/files/read.ts', '../../types'],
  ['src/load/loaders/file.ts', '../files/read'],
  ['src/decide/decide.ts', '../load/files/read'],
  ['src/decide/decide.ts', '../encode/compressor'],
  ['src/listing/directory.ts', '../load/disk/disk'],
  ['src/cli/serve/serve.ts', '../../load/files/read'],
  ['src/middleware.ts', './decide/respond'],
];

test('the linter rejects imports against the direction of the folders', () => {
  expect(rejections(REJECTED)).toEqual(each(REJECTED, 1));
}, 60_000);

test('the linter accepts imports in the direction of the folders', () => {
  expect(rejections(ACCEPTED)).toEqual(each(ACCEPTED, 0));
}, 60_000);
