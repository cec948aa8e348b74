import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(__dirname, '../../docs');
const guide = readFileSync(join(DOCS, 'porting-from-werkzeug.md'), 'utf8');

const TYPESCRIPT_HALF = /\(examples\/porting\/([\w-]+\.ts)\):\n\n```ts\n(.*?)```\n/gs;
const halves = Array.from(guide.matchAll(TYPESCRIPT_HALF), ([, name = '', code = '']) => ({ name, code }));

test.each(halves)('the guide shows $name as it is', ({ name, code }) => {
  expect(code).toBe(readFileSync(join(DOCS, 'examples/porting', name), 'utf8'));
});

test('the guide shows every example, and no code of JavaScript or TypeScript besides', () => {
  expect(halves.map(({ name }) => name).sort()).toEqual(readdirSync(join(DOCS, 'examples/porting')).sort());
  expect(guide.match(/^```(?!python$)\w+/gm)).toHaveLength(halves.length);
});

test('every TypeScript half has a Python half beside it', () => {
  const sections = guide.split(/^## /m).filter((section) => section.includes('```'));
  for (const section of sections) {
    expect(section.match(/^```\w+/gm)).toEqual(['```python', '```ts']);
  }
});
