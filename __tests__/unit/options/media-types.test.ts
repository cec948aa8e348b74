import { isMimeTypes, mediaTypeLookup, type MimeTypes } from '../../../src/options/media-types';
import type { SharedFile } from '../../../src/types';

function file(filename: string): SharedFile {
  return { filename, path: `dir/${filename}`, mtime: new Date(0), size: 0 };
}

describe('media types by extension', () => {
  const lookup = mediaTypeLookup({ '.wgsl': 'text/wgsl', '.GLTF': 'text/x-own' });

  test.each([
    ['a.wgsl', 'text/wgsl'],
    ['A.WGSL', 'text/wgsl'],
    ['a.min.wgsl', 'text/wgsl'],
    ['a.gltf', 'text/x-own'],
    ['a.js', undefined],
    ['wgsl', undefined],
    ['.wgsl', undefined],
    ['a.toString', undefined],
  ])('has for %s the type %s', (filename, type) => {
    expect(lookup?.(file(filename))).toBe(type);
  });
});

describe('a function of media types', () => {
  test('gets the file', () => {
    const lookup = mediaTypeLookup(({ path }) => (path === 'dir/a.x' ? 'text/x' : undefined));
    expect([lookup?.(file('a.x')), lookup?.(file('b.x'))]).toEqual(['text/x', undefined]);
  });

  test('may return null', () => {
    expect(mediaTypeLookup((() => null) as unknown as MimeTypes)?.(file('a.x'))).toBeUndefined();
  });

  test.each(['text', 'text/x\r\nX-Y: z', 1, {}])('throws a TypeError if it returns %j', (type) => {
    const lookup = mediaTypeLookup((() => type) as unknown as MimeTypes);
    expect(() => lookup?.(file('a.x'))).toThrow(
      "option 'mimeTypes': expected a media type such as 'text/plain' for 'a.x', got",
    );
  });
});

test('without the option, there is no lookup', () => {
  expect(mediaTypeLookup(undefined)).toBeUndefined();
});

test.each([
  [{}, true],
  [{ '.wgsl': 'text/wgsl; charset=utf-8' }, true],
  [() => undefined, true],
  [{ wgsl: 'text/wgsl' }, false],
  [{ '.tar.gz': 'application/gzip' }, false],
  [{ '.a/b': 'text/plain' }, false],
  [{ '.': 'text/plain' }, false],
  [{ '.wgsl': 'wgsl' }, false],
  [{ '.wgsl': 1 }, false],
  [new Map([['.wgsl', 'text/wgsl']]), false],
  [['.wgsl'], false],
  ['.wgsl', false],
  [null, false],
])('%j is a value of mimeTypes: %s', (value, isValid) => {
  expect(isMimeTypes(value)).toBe(isValid);
});
