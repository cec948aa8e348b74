import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/root';

const DOCS = join(PROJECT, 'docs');
const guide = readFileSync(join(DOCS, 'porting-from-werkzeug.md'), 'utf8');

const TYPESCRIPT_EXAMPLE = /\(examples\/porting\/([\w-]+\.ts)\):\n\n```ts\n(.*?)```\n/gs;
const examples = Array.from(guide.matchAll(TYPESCRIPT_EXAMPLE), ([, name = '', code = '']) => ({
  name,
  code,
}));

test.each(examples)('the guide contains $name verbatim', ({ name, code }) => {
  expect(code).toBe(readFileSync(join(DOCS, 'examples/porting', name), 'utf8'));
});

test('the guide contains every example and no other JavaScript or TypeScript code', () => {
  expect(examples.map(({ name }) => name).sort()).toEqual(readdirSync(join(DOCS, 'examples/porting')).sort());
  expect(guide.match(/^```(?!python$)\w+/gm)).toHaveLength(examples.length);
});

test('every TypeScript example follows a Python example', () => {
  const sections = guide.split(/^## /m).filter((section) => section.includes('```'));
  for (const section of sections) {
    expect(section.match(/^```\w+/gm)).toEqual(['```python', '```ts']);
  }
});
