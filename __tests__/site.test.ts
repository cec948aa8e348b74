import { SharedDataMiddleware, type Exports, type SharedDataOptions } from '../src';
import { folderWith } from './support/files';
import { app, rawRequest, serve, type RawAnswer } from './support/server';

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

async function ask(
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
  ])('answers %s with the index of the directory', async (target, body) => {
    const answer = await ask(target, { index: 'index.html' });
    expect([answer.status, answer.body.toString(), answer.headers['content-type']]).toEqual([
      200,
      body,
      'text/html; charset=utf-8',
    ]);
  });

  test('may be a list, in order of preference', async () => {
    expect((await ask('/docs/', { index: ['home.htm', 'index.html'] })).body.toString()).toBe('home of docs');
    expect((await ask('/', { index: ['home.htm', 'index.html'] })).body.toString()).toBe('home');
  });

  test.each([
    ['/docs', './docs/'],
    ['/docs?x=/../y&z', './docs/?x=/../y&z'],
    ['/a&b', './a&b/'],
    ['/%C3%BC', './%C3%BC/'],
    ['http://evil.example/docs', './docs/'],
    ['/evil.example', './evil.example/'],
  ])('sends %s on to its slash', async (target, location) => {
    const { status, headers, body } = await ask(target, { index: 'index.html' });
    expect([status, headers['location']]).toEqual([308, location]);
    expect(body.length).toBe(Number(headers['content-length']));
    expect(headers['content-security-policy']).toBe("default-src 'none'");
  });

  test('whatever the preconditions, which are about the file', async () => {
    const { port } = await serve(
      new SharedDataMiddleware(app, { '/': folder }, { index: 'index.html' }).listener,
    );
    for (const name of ['If-None-Match', 'If-Match']) {
      expect((await rawRequest(port, 'GET', '/docs', [[name, '*']])).status).toBe(308);
    }
    expect((await rawRequest(port, 'GET', '/docs', [['If-Match', '"x"']])).status).toBe(308);
  });

  test('with 301 if asked to, and to HEAD as to GET', async () => {
    const got = await ask('/docs', { index: 'index.html', redirect: 301 });
    const head = await ask('/docs', { index: 'index.html', redirect: 301 }, 'HEAD');
    expect(got.status).toBe(301);
    expect(head).toEqual({
      ...got,
      headers: { ...got.headers, date: head.headers['date'] },
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
  ])('leaves %s to the application', async (target) => {
    expect((await ask(target, { index: 'index.html' })).headers['x-app']).toBe('1');
  });

  test.each(['/empty', '/empty/', '/missing', '/missing/', '/about.html/', '/docs/index.html/'])(
    'leaves %s, which has none, to the application',
    async (target) => {
      expect((await ask(target, { index: 'index.html' })).headers['x-app']).toBe('1');
    },
  );

  test('that may not be read is no reason to redirect', async () => {
    for (const target of ['/docs', '/docs/']) {
      expect(
        (await ask(target, { index: 'index.html', disallow: '/docs/index.html' })).headers['x-app'],
      ).toBe('1');
    }
    expect((await ask('/', { index: 'index.html', disallow: '/docs/index.html' })).status).toBe(200);
  });

  test('answers below a prefix, which is sent on to its slash too', async () => {
    const exports = { '/site': folder };
    expect((await ask('/site/', { index: 'index.html' }, 'GET', exports)).body.toString()).toBe('home');
    expect((await ask('/site', { index: 'index.html' }, 'GET', exports)).headers['location']).toBe('./site/');
  });

  test('gives way to a file of a later export', async () => {
    const exports: Exports = [
      ['/', folder],
      ['/docs', `${folder}/about.html`],
    ];
    expect((await ask('/docs', { index: 'index.html' }, 'GET', exports)).body.toString()).toBe('about');
  });

  test('is off unless asked for', async () => {
    for (const options of [{}, { index: false as const }]) {
      expect((await ask('/docs/', options)).headers['x-app']).toBe('1');
      expect((await ask('/docs', options)).headers['x-app']).toBe('1');
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
  ])('%s is answered', async (target, body) => {
    expect((await ask(target, options)).body.toString()).toBe(body);
  });

  test.each(['/missing', '/about/', '/', '/docs/', '/docs'])('%s is not', async (target) => {
    expect((await ask(target, options)).headers['x-app']).toBe('1');
  });

  test('do not open a way past disallow', async () => {
    expect((await ask('/about', { ...options, disallow: '*.html' })).headers['x-app']).toBe('1');
    expect((await ask('/docs/guide', { ...options, disallow: 'docs/*.html' })).headers['x-app']).toBe('1');
  });

  test('give a file its own media type', async () => {
    expect((await ask('/about', options)).headers['content-type']).toBe('text/html; charset=utf-8');
  });
});
