import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware, type SharedDataOptions } from '../../src';
import { folderWith } from '../support/files';
import { app, rawExchange, rawRequest, serve, type RawAnswer } from '../support/server';

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

async function ask(
  target: string,
  options: SharedDataOptions = {},
  headers: [string, string][] = [],
): Promise<RawAnswer> {
  const { port } = await serve(new SharedDataMiddleware(app, { '/': site }, options).listener);
  return rawRequest(port, 'GET', target, headers);
}

const SITE: SharedDataOptions = { index: 'index.html' };

describe('CVE-2015-1164 (serve-static), send, ecstatic: a redirect to another host', () => {
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
  ])('is not what %s gets', async (target) => {
    const { status, headers } = await ask(target, SITE);
    expect(status).toBe(404);
    expect(headers['location']).toBeUndefined();
  });

  test.each(['/docs', 'http://other.example/docs', '/evil.example', '/docs?//evil.example/', '/docs?\\evil'])(
    'is not what %s gets either: its redirect stays on this host, whatever the base',
    async (target) => {
      const { status, headers } = await ask(target, SITE);
      expect(status).toBe(308);
      const location = new URL(headers['location'] ?? '', 'http://this.example/docs');
      expect([location.host, location.protocol]).toEqual(['this.example', 'http:']);
    },
  );
});

describe('CVE-2024-43799 (send), CVE-2024-43800 (serve-static): script in a page of our own', () => {
  test.each([
    ['/%3Cscript%3Ealert(1)', 308],
    ['/docs?"><script>alert(1)</script>', 308],
    ["/docs?'onmouseover='alert(1)", 308],
  ])('is not in the redirect of %s', async (target, status) => {
    const answer = await ask(target, SITE);
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).not.toMatch(/<script|['"]on|javascript:/i);
    expect(answer.headers['content-security-policy']).toBe("default-src 'none'");
  });

  test.each<[string, string, [string, string][], SharedDataOptions, number]>([
    ['a dotfile', '/.%3Cscript%3E', [], { dotfiles: 'deny' }, 403],
    ['a range', '/app.js', [['Range', 'bytes=999-']], {}, 416],
    ['a precondition', '/app.js', [['If-Match', '"<script>"']], {}, 412],
    ['a coding', '/app.js', [['Accept-Encoding', '<script>, *;q=0']], { precompressed: true }, 406],
  ])('is not in the refusal of %s, which is plain text', async (_what, target, headers, options, status) => {
    const answer = await ask(target, options, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.headers['x-content-type-options']).toBe('nosniff');
    expect(answer.body.toString()).not.toContain('<');
  });
});

describe('srvx #233: Accept-Encoding misread', () => {
  test.each(['abbr', 'br;q=0', 'br;q=0.000', 'x-br', 'brotli', 'gzip, abbr', '*;q=0, identity', 'identity'])(
    '%s is not sent br',
    async (field) => {
      const answer = await ask('/app.js', { precompressed: true }, [['Accept-Encoding', field]]);
      expect([answer.headers['content-encoding'], answer.body.toString()]).toEqual([undefined, 'as it is']);
    },
  );

  test('while br is', async () => {
    const answer = await ask('/app.js', { precompressed: true }, [['Accept-Encoding', 'br']]);
    expect([answer.headers['content-encoding'], answer.body.toString()]).toEqual(['br', 'br']);
  });
});

describe('CVE-2011-3192 (Apache): ranges that cost more than they bring', () => {
  const overlapping = Array.from({ length: 1300 }, (_, at) => `${at}-`).join(',');
  const tiny = Array.from({ length: 1300 }, (_, at) => `${at * 10}-${at * 10}`).join(',');
  const most = Array.from({ length: 100 }, (_, at) => `${at * 1000}-${at * 1000}`).join(',');

  test.each([
    ['many overlapping ones', overlapping],
    ['many tiny ones', tiny],
    ['the whole twice', '0-,0-'],
    ['a thousand times the last byte', Array.from({ length: 1000 }, () => '-1').join(',')],
  ])('%s get the file once, no more', async (_what, ranges) => {
    const answer = await ask('/large.bin', {}, [['Range', `bytes=${ranges}`]]);
    expect([answer.status, answer.body.length]).toEqual([200, LARGE.length]);
  });

  test('a hundred are answered, with little beside the bytes that were asked for', async () => {
    const answer = await ask('/large.bin', {}, [['Range', `bytes=${most}`]]);
    expect(answer.status).toBe(206);
    expect(answer.body.length).toBeLessThan(100 * 200);
  });
});

test('a split answer is not to be had: line breaks in a target end up in no header field', async () => {
  const { port } = await serve(new SharedDataMiddleware(app, { '/': site }, SITE).listener);
  for (const breaks of ['%0d%0aX-Evil:%201', '\u560a\u560dX-Evil:1', '%E5%98%8A%E5%98%8DX-Evil:1']) {
    const request = `GET /docs?${breaks} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    const answer = (await rawExchange(port, Buffer.from(request))).toString('latin1');
    expect(answer).not.toMatch(/^x-evil/im);
  }
});

describe('the package itself', () => {
  const manifest = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
  };

  test('runs nothing when it is installed', () => {
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare'])
      expect(manifest.scripts[name]).toBeUndefined();
  });

  test.each(Object.keys(manifest.dependencies))('depends on %s, which runs nothing either', (name) => {
    const folder = require.resolve.paths(name)?.map((place) => join(place, name, 'package.json'));
    const path = folder?.find((one) => existsSync(one)) ?? '';
    const { scripts } = JSON.parse(readFileSync(path, 'utf8')) as Partial<typeof manifest>;
    expect(Object.keys(scripts ?? {}).filter((script) => /^(pre|post)?install$/.test(script))).toEqual([]);
  });
});
