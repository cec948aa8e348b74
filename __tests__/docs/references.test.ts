import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/root';

const tests = join(PROJECT, '__tests__');
const documents = ['docs/http.md', 'docs/reliability.md'];

/** A reference is a test file in backquotes, a colon and the name of a test or group. */
const REFERENCE = /`([\w/-]+\.test\.ts)`: ([^|\n]+?)\s*(?:\||\.?\n)/g;

const references = documents.flatMap((document) => {
  const text = readFileSync(join(tests, '..', document), 'utf8');
  return [...text.matchAll(REFERENCE)].map(([, file = '', name = '']) => [document, file, name] as const);
});

test('the documents refer to tests', () => {
  expect(references.length).toBeGreaterThan(50);
});

test.each(references)('%s refers to an existing test of %s: %s', (_document, file, name) => {
  expect(readFileSync(join(tests, file), 'utf8').replace(/\\'/g, "'")).toContain(name);
});
