import { SharedDataMiddleware, type App, type SharedDataOptions } from '../../../src/index';

describe('an invalid option throws a TypeError that names the option,', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ cacheTimout: 1 }, "unknown option 'cacheTimout'; the options are disallow, cache, cacheTimeout"],
    [{ toString: 1 }, "unknown option 'toString'"],
    [{ disallow: 1 }, "option 'disallow': expected a pattern or a list of patterns, got 1"],
    [{ disallow: ['*.a', 1] }, "option 'disallow'"],
    [{ disallow: null }, "option 'disallow'"],
    [{ cache: 'yes' }, "option 'cache': expected true or false, got 'yes'"],
    [{ cacheTimeout: -1 }, "option 'cacheTimeout': expected a whole number of seconds, 0 or more, got -1"],
    [{ cacheTimeout: 1.5 }, "option 'cacheTimeout'"],
    [{ cacheTimeout: NaN }, "option 'cacheTimeout'"],
    [
      { fallbackMimetype: 'text' },
      "option 'fallbackMimetype': expected a media type such as 'text/plain', got 'text'",
    ],
    [{ fallbackMimetype: 'text/plain\r\nX: y' }, "option 'fallbackMimetype'"],
    [
      { mimeTypes: { glsl: 'text/x-glsl' } },
      "option 'mimeTypes': expected media types by extension, such as { '.glsl': 'text/plain' }, or a function " +
        "that returns one for a file, got { glsl: 'text/x-glsl' }",
    ],
    [{ mimeTypes: 'text/x-glsl' }, "option 'mimeTypes'"],
    [{ dotfiles: 'yes' }, "option 'dotfiles': expected 'ignore' or 'deny' or 'allow', got 'yes'"],
    [{ digest: 'sha-256' }, "option 'digest': expected true or false, got 'sha-256'"],
    [{ redirect: true }, "option 'redirect': expected 301 or 308 or false, got true"],
    [
      { fallback: 1 },
      "option 'fallback': expected the path of a file below an export such as 'index.html', or an object { file, status } with the status 200 or 404, got 1",
    ],
    [{ fallback: null }, "option 'fallback'"],
    [{ fallback: true }, "option 'fallback'"],
    [{ fallback: '' }, "option 'fallback'"],
    [{ fallback: '/index.html' }, "option 'fallback'"],
    [{ fallback: 'pages/' }, "option 'fallback'"],
    [{ fallback: '../index.html' }, "option 'fallback'"],
    [{ fallback: 'a/./b.html' }, "option 'fallback'"],
    [{ fallback: 'a\\b.html' }, "option 'fallback'"],
    [{ fallback: 'a\0.html' }, "option 'fallback'"],
    [{ fallback: ['index.html'] }, "option 'fallback'"],
    [{ fallback: {} }, "option 'fallback'"],
    [{ fallback: { file: '..' } }, "option 'fallback'"],
    [{ fallback: { file: '404.html', status: 500 } }, "option 'fallback'"],
    [{ fallback: { file: '404.html', staus: 404 } }, "option 'fallback'"],
    [
      { listing: 'yes' },
      "option 'listing': expected true, false or a function that returns the page of a directory, got 'yes'",
    ],
    [{ listing: null }, "option 'listing'"],
    [
      { dictionaries: '/app.*.js' },
      "option 'dictionaries': expected { match, id, matchDest } such as { match: '/assets/app.*.js' }",
    ],
    [{ dictionaries: null }, "option 'dictionaries'"],
    [{ dictionaries: {} }, "option 'dictionaries'"],
    [{ dictionaries: { match: 'app.*.js' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '//example.com/*' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/a"b' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/(\\d+).js' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/:name.js' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/ü*' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/*', id: '' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/*', id: 'a\r\nb' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/*', id: 'a'.repeat(1025) } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/*', matchDest: 'script' } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/*', matchDest: ['"'] } }, "option 'dictionaries'"],
    [{ dictionaries: { match: '/*', type: 'raw' } }, "option 'dictionaries'"],
    [{ dictionaries: [{ match: '/*' }, { match: '' }] }, "option 'dictionaries'"],
    [{ memoryLimit: -1 }, "option 'memoryLimit': expected a whole number of bytes, 0 or more, got -1"],
    [{ resolveFrom: '' }, "option 'resolveFrom': expected a path or a file: URL, got ''"],
    [{ resolveFrom: new URL('http://example.com/') }, "option 'resolveFrom'"],
  ])('for %j', (options, message) => {
    const construct = (): unknown => new SharedDataMiddleware(null, {}, options);
    expect(construct).toThrow(TypeError);
    expect(construct).toThrow(message);
  });

  test('for null instead of an object', () => {
    expect(() => new SharedDataMiddleware(null, {}, null as unknown as SharedDataOptions)).toThrow(
      'expected an object of options, got null',
    );
  });
});

test.each<[SharedDataOptions]>([
  [{ fallback: undefined }],
  [{ fallback: 'index.html' }],
  [{ fallback: 'pages/..x/...' }],
  [{ fallback: { file: 'index.html' } }],
  [{ fallback: { file: 'index.html', status: undefined } }],
  [{ fallback: { file: 'errors/404.html', status: 404 } }],
])('%j is accepted', (options) => {
  expect(() => new SharedDataMiddleware(null, {}, options)).not.toThrow();
});

test('an undefined option has its default value', () => {
  const shared = new SharedDataMiddleware(null, {}, { cache: undefined, cacheTimeout: undefined });
  expect(shared).toMatchObject({
    cache: true,
    cacheTimeout: 43200,
    fallbackMimetype: 'application/octet-stream',
  });
});

test.each([undefined, 'app', {}])('the application %p is rejected with a TypeError', (app) => {
  const construct = (): unknown => new SharedDataMiddleware(app as unknown as App, {});
  expect(construct).toThrow(TypeError);
  expect(construct).toThrow('expected an application as a function (request, response), or null, got');
});
