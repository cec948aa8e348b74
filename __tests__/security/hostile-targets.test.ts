import fc from 'fast-check';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve } from '../support/server';

/** `npm run fuzz` sends many more. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 3000);
const COUNT = REQUESTS.toLocaleString('en');

const CANARY = 'canary';

const parent = folderWith({
  'outside/secret.txt': CANARY,
  'secret.txt': CANARY,
  'site-2/secret.txt': CANARY,
  'site/a.txt': 'public',
  'site/sub/b.txt': 'public',
  'site/ä b.txt': 'public',
  'site/.secret.txt': CANARY,
  'site/.git/secret.txt': CANARY,
  'site/sub/.env': CANARY,
  'site/private/secret.txt': CANARY,
  'site/secret.key': CANARY,
});
const site = join(parent, 'site');
symlinkSync('../outside', join(site, 'linked'));
symlinkSync('../../secret.txt', join(site, 'sub/secret.txt'));

/** Names of public and of protected files, and names with a special meaning. */
const NAMES = [
  ...[
    'a.txt',
    'sub',
    'b.txt',
    '%C3%A4%20b.txt',
    'private',
    'secret.key',
    'secret.txt',
    '.secret.txt',
    '.git',
  ],
  ...[
    '.env',
    'linked',
    'outside',
    'site',
    'site-2',
    '..',
    '.',
    '...',
    '..%20',
    '..;',
    '',
    '~',
    'NUL',
    'con.txt',
  ],
  ...['secret.key.', 'secret.key%20', 'SECRET.KEY', 'secret.key::$DATA', 'SECRET~1.KEY', parent.slice(1)],
];

/** Separators between names. Node itself rejects most requests with one of the last group. */
const separator = fc.oneof(
  { weight: 30, arbitrary: fc.constant('/') },
  { weight: 20, arbitrary: fc.constantFrom('//', '/./', '/../', '\\', '%2f', '%5c', '%00', ';/', '?') },
  { weight: 1, arbitrary: fc.constantFrom('#', '\0', '\t', ' ') },
);

/**
 * Encodings of a character: verbatim, percent-encoded once or more, overlong UTF-8, `%u` notation,
 * full width, after a lone surrogate, Latin-1.
 */
const ENCODINGS: readonly ((character: string) => string)[] = [
  (character) => character,
  percentEncoded,
  (character) => percentEncoded(character).toLowerCase(),
  (character) => percentEncoded(character).replaceAll('%', '%25'),
  (character) => percentEncoded(character).replaceAll('%', '%2525'),
  (character) => `%C0%${(0x80 | (character.charCodeAt(0) & 0x3f)).toString(16)}`,
  (character) => `%E0%80%${(0x80 | (character.charCodeAt(0) & 0x3f)).toString(16)}`,
  (character) => `%u00${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  (character) => encodeURIComponent(String.fromCharCode(0xff00 + (character.charCodeAt(0) & 0x7f) - 0x20)),
  (character) => `%ED%A0%80${character}`,
  (character) => Buffer.from(character).toString('latin1'),
];

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase()}`).join('');
}

const plainPath = fc
  .array(fc.tuple(separator, fc.constantFrom(...NAMES)), { minLength: 1, maxLength: 6 })
  .map((segments) => segments.map(([between, name]) => between + name).join(''))
  .map((joined) => (joined.startsWith('/') ? joined : `/${joined}`));

/** The path of each file, public or protected. */
const knownPath = fc.constantFrom(
  ...['/a.txt', '/a', '/sub/b.txt', '/sub/', '/sub', '/%C3%A4%20b.txt', '/file', '/private/secret.txt'],
  ...[
    '/private/',
    '/secret.key',
    '/secret',
    '/.secret.txt',
    '/.git/secret.txt',
    '/sub/.env',
    '/sub/secret.txt',
  ],
  ...[
    '/linked/secret.txt',
    '/../secret.txt',
    '/../outside/',
    '/../site-2/secret.txt',
    `${parent}/secret.txt`,
  ],
);

/** A path in which some characters are encoded differently. */
const path = fc
  .tuple(
    fc.oneof(knownPath, plainPath),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...ENCODINGS)), { maxLength: 4 }),
  )
  .map(([plain, mutations]) => {
    const characters = Array.from(plain);
    for (const [at, encode] of mutations) {
      const index = at % characters.length;
      characters[index] = encode(characters[index] ?? '');
    }
    return characters.join('');
  });

const target = fc.oneof(
  { weight: 12, arbitrary: path },
  { weight: 2, arbitrary: path.map((text) => `/${text}`) },
  { weight: 2, arbitrary: path.map((text) => text.replace(/^\W+/, '')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('http://h', 'HTTP://h:80', 'https://u@h', 'ftp://h', 'file://'), path)
      .map(([origin, text]) => origin + text),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('*', 'localhost:80', '[::1]:443', '?', '/', 'http://', 'http:///'),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => `/${Buffer.from(bytes).toString('latin1')}`),
  },
  { weight: 1, arbitrary: path.map((text) => text.repeat(Math.floor(15_000 / text.length))) },
);

const method = fc.oneof(
  { weight: 8, arbitrary: fc.constant('GET') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('HEAD', 'POST', 'OPTIONS', 'TRACE', 'CONNECT', 'PROPFIND', 'get', 'X'),
  },
);

const headers = fc.array(
  fc.constantFrom<readonly [string, string]>(
    ['Accept-Encoding', 'br, gzip, zstd'],
    ['Range', 'bytes=0-'],
    ['Range', 'bytes=1-2,4-'],
    ['Host', '../outside'],
    ['X-Original-URL', '/private/secret.txt'],
    ['X-Rewrite-URL', '/private/secret.txt'],
    ['X-Forwarded-Prefix', '/..'],
    ['Expect', '100-continue'],
    ['Upgrade', 'h2c'],
    ['Transfer-Encoding', 'chunked'],
    ['Content-Length', '5'],
    ['If-None-Match', '*'],
  ),
  { maxLength: 3 },
);

test(`${COUNT} hostile requests never get a protected file or a 500, or leak a descriptor`, async () => {
  const shared = new SharedDataMiddleware(
    app,
    { '/': site, '/deep/er': site, '/file': join(site, 'a.txt') },
    {
      symlinks: 'inside',
      disallow: ['*.key', 'private/'],
      index: ['b.txt', 'secret.txt'],
      extensions: ['txt', 'key'],
      precompressed: true,
    },
  );
  const { port, server } = await serve(shared.listener);
  server.requestTimeout = 500;
  server.on('connect', (_request, socket) => socket.destroy());
  const descriptors = openDescriptors();
  const statuses = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(method, target, headers, async (requestMethod, requestTarget, fields) => {
      const prefix = requestTarget.startsWith('/') && requestTarget.length % 3 === 0 ? '/deep/er' : '';
      const response = await rawRequest(port, requestMethod, prefix + requestTarget, fields).catch(
        () => null,
      );
      if (response === null) return; // Node closed the connection without a response
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      expect(response.body.toString('latin1')).not.toContain(CANARY);
      expect(response.status).not.toBe(500);
    }),
    { numRuns: REQUESTS },
  );
  expect(statuses.get(200)).toBeGreaterThan(REQUESTS / 300);
  expect((await rawRequest(port, 'GET', '/a.txt')).body.toString()).toBe('public');
  await eventually(() => {
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
  });
}, 3_600_000);
