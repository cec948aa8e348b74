import fc from 'fast-check';
import { ExportIndex } from '../../../src/match/export-index';
import { matchExports } from '../../../src/match/match-exports';
import type { Loader } from '../../../src/types';

function createLoader(): Loader {
  return () => null;
}

const segment = fc.constantFrom('', 'a', 'b', 'ab', '.', 'a.js');
const prefix = fc.array(segment, { maxLength: 4 }).map((segments) => segments.join('/'));
const path = prefix.map((text) => `/${text}`);

test('an index finds what a search of the whole list finds, in the same order', () => {
  const prefixes = fc.array(fc.oneof(prefix, path), { maxLength: 40 });
  fc.assert(
    fc.property(prefixes, path, (list, requestPath) => {
      const exports = list.map((text): [string, Loader] => [text, createLoader()]);
      expect(new ExportIndex(exports).match(requestPath)).toEqual(matchExports(exports, requestPath));
    }),
    { numRuns: 2000 },
  );
});
