import { SharedDataMiddleware, type Exports, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const folder = folderWith({
  'index.html': 'home',
  'about.html': 'about',
  both: 'file called both',
  'both.html': 'both with extension',
  'docs/index.html': 'docs',
  'docs/guide.html': 'guide',
  'docs/home.htm': 'home of docs',
  'empty/x.txt': 'x',
  'a&b/index.html': 'amp',
  'ü/index.html': 'umlaut',
  '.hidden/index.html': 'hidden',
  'evil.example/index.html': 'evil',
});

async function request(
  target: string,
  options: SharedDataOptions = {},
  method = 'GET',
  exports: Exports = { '/': folder },
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, exports, options).listener);
  return rawRequest(port, method, target);
}

describe('index', () => {
  test.each([
    ['/', 'home'],
    ['/?x=1', 'home'],
    ['/docs/', 'docs'],
    ['/%C3%BC/', 'umlaut'],
  ])('serves the index file for %s', async (target, body) => {
    const answer = await request(target, { index: 'index.html' });
    expect([answer.status, answer.body.toString(), answer.headers['content-type']]).toEqual([
      200,
      body,
      'text/html; charset=utf-8',
    ]);
  });

  test('can be a list in order of preference', async () => {
    expect((await request('/docs/', { index: ['home.htm', 'index.html'] })).body.toString()).toBe(
      'home of docs',
    );
    expect((await request('/', { index: ['home.htm', 'index.html'] })).body.toString()).toBe('home');
  });

  test.each([
    ['/docs', './docs/'],
    ['/docs?x=/../y&z', './docs/?x=/../y&z'],
    ['/a&b', './a&b/'],
    ['/%C3%BC', './%C3%BC/'],
    ['http://evil.example/docs', './docs/'],
    ['/evil.example', './evil.example/'],
  ])('redirects %s to %s', async (target, location) => {
    const { status, headers, body } = await request(target, { index: 'index.html' });
    expect([status, headers['location']]).toEqual([308, location]);
    expect(body.length).toBe(Number(headers['content-length']));
    expect(headers['content-security-policy']).toBe("default-src 'none'");
  });

  test('redirects without evaluating preconditions', async () => {
    const { port } = await serve(
      new SharedDataMiddleware(app, { '/': folder }, { index: 'index.html' }).listener,
    );
    for (const name of ['If-None-Match', 'If-Match']) {
      expect((await rawRequest(port, 'GET', '/docs', [[name, '*']])).status).toBe(308);
    }
    expect((await rawRequest(port, 'GET', '/docs', [['If-Match', '"x"']])).status).toBe(308);
  });

  test('redirects with 301 if configured, for HEAD as for GET', async () => {
    const get = await request('/docs', { index: 'index.html', redirect: 301 });
    const head = await request('/docs', { index: 'index.html', redirect: 301 }, 'HEAD');
    expect(get.status).toBe(301);
    expect(head).toEqual({
      ...get,
      headers: { ...get.headers, date: head.headers['date'] },
      body: Buffer.alloc(0),
    });
  });

  test.each([
    '//evil.example',
    '//evil.example/..',
    '/\\evil.example',
    '/%2fevil.example',
    '/%5cevil.example',
    '/.hidden',
    '/.hidden/',
  ])('passes %s to the application', async (target) => {
    expect((await request(target, { index: 'index.html' })).headers['x-app']).toBe('1');
  });

  test.each(['/empty', '/empty/', '/missing', '/missing/', '/about.html/', '/docs/index.html/'])(
    'passes %s, which has no index file, to the application',
    async (target) => {
      expect((await request(target, { index: 'index.html' })).headers['x-app']).toBe('1');
    },
  );

  test('does not redirect if the index file is disallowed', async () => {
    for (const target of ['/docs', '/docs/']) {
      expect(
        (await request(target, { index: 'index.html', disallow: '/docs/index.html' })).headers['x-app'],
      ).toBe('1');
    }
    expect((await request('/', { index: 'index.html', disallow: '/docs/index.html' })).status).toBe(200);
  });

  test('serves the index file of a prefix and redirects to it', async () => {
    const exports = { '/site': folder };
    expect((await request('/site/', { index: 'index.html' }, 'GET', exports)).body.toString()).toBe('home');
    expect((await request('/site', { index: 'index.html' }, 'GET', exports)).headers['location']).toBe(
      './site/',
    );
  });

  test('does not redirect if a later export has the file', async () => {
    const exports: Exports = [
      ['/', folder],
      ['/docs', `${folder}/about.html`],
    ];
    expect((await request('/docs', { index: 'index.html' }, 'GET', exports)).body.toString()).toBe('about');
  });

  test('is off by default', async () => {
    for (const options of [{}, { index: false as const }]) {
      expect((await request('/docs/', options)).headers['x-app']).toBe('1');
      expect((await request('/docs', options)).headers['x-app']).toBe('1');
    }
  });
});

describe('extensions', () => {
  const options = { extensions: ['htm', 'html'] };

  test.each([
    ['/about', 'about'],
    ['/about.html', 'about'],
    ['/docs/guide?x', 'guide'],
    ['/docs/home', 'home of docs'],
    ['/both', 'file called both'],
  ])('serve %s with the content "%s"', async (target, body) => {
    expect((await request(target, options)).body.toString()).toBe(body);
  });

  test.each(['/missing', '/about/', '/', '/docs/', '/docs'])('pass %s to the application', async (target) => {
    expect((await request(target, options)).headers['x-app']).toBe('1');
  });

  test('do not bypass disallow', async () => {
    expect((await request('/about', { ...options, disallow: '*.html' })).headers['x-app']).toBe('1');
    expect((await request('/docs/guide', { ...options, disallow: 'docs/*.html' })).headers['x-app']).toBe(
      '1',
    );
  });

  test('derive the media type from the resolved file', async () => {
    expect((await request('/about', options)).headers['content-type']).toBe('text/html; charset=utf-8');
  });
});
