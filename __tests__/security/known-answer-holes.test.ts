import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type SharedDataOptions } from '../../src';
import { folderWith } from '../support/files';
import { app, rawExchange, rawRequest, serve, type RawAnswer } from '../support/server';
import { PROJECT } from '../support/root';

const LARGE = Buffer.alloc(1_000_000, 'x');

const site = folderWith(
  {
    'docs/index.html': 'docs',
    'evil.example/index.html': 'docs',
    '<script>alert(1)/index.html': 'docs',
    'app.js': 'as it is',
    'app.js.br': 'br',
    'large.bin': LARGE,
  },
  new Date(1.7e12),
);

async function get(
  target: string,
  options: SharedDataOptions = {},
  headers: [string, string][] = [],
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/': site }, options).listener);
  return rawRequest(port, 'GET', target, headers);
}

const SITE: SharedDataOptions = { index: 'index.html' };

describe('a redirect never leads to another host (CVE-2015-1164 in serve-static; send; ecstatic)', () => {
  test.each([
    '//evil.example',
    '//evil.example/..',
    '//evil.example/%2e%2e',
    '//evil.example/docs',
    '///evil.example//docs',
    '/\\evil.example/docs',
    '/%5Cevil.example/docs',
    '/docs/..//evil.example',
    'http://h//evil.example',
    '/docs//evil.example/..',
  ])('%s responds 404 without Location', async (target) => {
    const { status, headers } = await get(target, SITE);
    expect(status).toBe(404);
    expect(headers['location']).toBeUndefined();
  });

  test.each(['/docs', 'http://other.example/docs', '/evil.example', '/docs?//evil.example/', '/docs?\\evil'])(
    '%s redirects to the same origin, whatever the base URL',
    async (target) => {
      const { status, headers } = await get(target, SITE);
      expect(status).toBe(308);
      const location = new URL(headers['location'] ?? '', 'http://this.example/docs');
      expect([location.host, location.protocol]).toEqual(['this.example', 'http:']);
    },
  );
});

describe('a response contains no script from the request (CVE-2024-43799, CVE-2024-43800)', () => {
  test.each([
    ['/%3Cscript%3Ealert(1)', 308],
    ['/docs?"><script>alert(1)</script>', 308],
    ["/docs?'onmouseover='alert(1)", 308],
  ])('the redirect page of %s', async (target, status) => {
    const response = await get(target, SITE);
    expect(response.status).toBe(status);
    expect(response.body.toString()).not.toMatch(/<script|['"]on|javascript:/i);
    expect(response.headers['content-security-policy']).toBe("default-src 'none'");
  });

  test.each<[string, string, [string, string][], SharedDataOptions, number]>([
    ['a denied dotfile', '/.%3Cscript%3E', [], { dotfiles: 'deny' }, 403],
    ['an unsatisfiable range', '/app.js', [['Range', 'bytes=999-']], {}, 416],
    ['a failed precondition', '/app.js', [['If-Match', '"<script>"']], {}, 412],
    [
      'an unacceptable content coding',
      '/app.js',
      [['Accept-Encoding', '<script>, *;q=0']],
      { precompressed: true },
      406,
    ],
  ])('the error response to %s is plain text', async (_what, target, headers, options, status) => {
    const response = await get(target, options, headers);
    expect(response.status).toBe(status);
    expect(response.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.body.toString()).not.toContain('<');
  });
});

describe('Accept-Encoding is matched by whole tokens and weights (srvx #233)', () => {
  test.each(['abbr', 'br;q=0', 'br;q=0.000', 'x-br', 'brotli', 'gzip, abbr', '*;q=0, identity', 'identity'])(
    '%s gets the unencoded file',
    async (field) => {
      const response = await get('/app.js', { precompressed: true }, [['Accept-Encoding', field]]);
      expect([response.headers['content-encoding'], response.body.toString()]).toEqual([
        undefined,
        'as it is',
      ]);
    },
  );

  test('br gets br', async () => {
    const response = await get('/app.js', { precompressed: true }, [['Accept-Encoding', 'br']]);
    expect([response.headers['content-encoding'], response.body.toString()]).toEqual(['br', 'br']);
  });
});

describe('the cost of many ranges is limited (CVE-2011-3192 in Apache)', () => {
  const overlapping = Array.from({ length: 1300 }, (_, at) => `${at}-`).join(',');
  const tiny = Array.from({ length: 1300 }, (_, at) => `${at * 10}-${at * 10}`).join(',');
  const maximum = Array.from({ length: 100 }, (_, at) => `${at * 1000}-${at * 1000}`).join(',');

  test.each([
    ['many overlapping ranges', overlapping],
    ['many tiny ranges', tiny],
    ['the whole file twice', '0-,0-'],
    ['the last byte a thousand times', Array.from({ length: 1000 }, () => '-1').join(',')],
  ])('%s: responds 200 with the whole file', async (_what, ranges) => {
    const response = await get('/large.bin', {}, [['Range', `bytes=${ranges}`]]);
    expect([response.status, response.body.length]).toEqual([200, LARGE.length]);
  });

  test('a hundred small ranges: responds 206 with less than 200 bytes per part', async () => {
    const response = await get('/large.bin', {}, [['Range', `bytes=${maximum}`]]);
    expect(response.status).toBe(206);
    expect(response.body.length).toBeLessThan(100 * 200);
  });
});

test('line breaks in a target never add a header field (response splitting)', async () => {
  const { port } = await serve(new SharedDataMiddleware(app, { '/': site }, SITE).listener);
  for (const lineBreaks of ['%0d%0aX-Evil:%201', '\u560a\u560dX-Evil:1', '%E5%98%8A%E5%98%8DX-Evil:1']) {
    const request = `GET /docs?${lineBreaks} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const response = (await rawExchange(port, Buffer.from(request))).toString('latin1');
    expect(response).not.toMatch(/^x-evil/im);
  }
});

describe('the package', () => {
  const manifest = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
  };

  test('has no install scripts', () => {
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts[name]).toBeUndefined();
  });

  test.each(Object.keys(manifest.dependencies))('has no dependency with install scripts: %s', (name) => {
    const folder = require.resolve.paths(name)?.map((place) => join(place, name, 'package.json'));
    const path = folder?.find((one) => existsSync(one)) ?? '';
    const { scripts } = JSON.parse(readFileSync(path, 'utf8')) as Partial<typeof manifest>;
    expect(Object.keys(scripts ?? {}).filter((script) => /^(pre|post)?install$/.test(script))).toEqual([]);
  });
});
