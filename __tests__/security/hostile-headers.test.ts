import fc from 'fast-check';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';

const FIELDS = [
  'Range',
  'If-Range',
  'If-Match',
  'If-None-Match',
  'If-Modified-Since',
  'If-Unmodified-Since',
  'Accept-Encoding',
  'Cache-Control',
];

/** What these fields may lead to. */
const SOUND = [200, 206, 304, 406, 412, 416];

const folder = folderWith(
  { 'a.js': 'some script', 'a.js.gz': 'gzip', 'index.html': 'home' },
  new Date(1.7e12),
);

/** Characters that Node lets through in a field value. */
const character = fc.oneof(
  fc.constantFrom(' ', '\t', ',', ';', '=', '"', '*', '-', '/'),
  fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
);

/** Pieces of right values, put together wrongly. */
const piece = fc.constantFrom(
  ...[
    'bytes=',
    '0-',
    '-5',
    '0-1',
    '9-0',
    ',',
    ' ',
    '"',
    'W/',
    '"a"',
    '*',
    'Tue, ',
    '14 Nov 2023',
    ' 22:13:20 GMT',
  ],
  ...['gzip', 'br', ';q=', '0', '0.5', 'identity', 'no-cache', 'max-age=0', '99999999999999999999', '\xff'],
);

const value = fc.oneof(
  fc.constant(''),
  fc.array(character, { maxLength: 60 }).map((characters) => characters.join('')),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
  fc.oneof(character, piece).map((one) => one.repeat(8192 / one.length)),
);

const headers = fc.array(fc.tuple(fc.constantFrom(...FIELDS), value), { minLength: 1, maxLength: 3 });

test('malformed, repeated, empty and endless header fields get a sound answer', async () => {
  const shared = new SharedDataMiddleware(app, { '/': folder }, { precompressed: true, index: 'index.html' });
  const { port } = await serve(shared.listener);
  const request = fc.tuple(
    fc.constantFrom('GET', 'HEAD'),
    fc.constantFrom('/a.js', '/a.js.gz', '/'),
    headers,
  );
  await fc.assert(
    fc.asyncProperty(request, async ([method, target, fields]) => {
      const total = fields.reduce((sum, [, text]) => sum + text.length, 0);
      fc.pre(total < 14_000); // Node's own limit for a head is 16 KiB
      const answer = await rawRequest(port, method, target, fields);
      expect(SOUND).toContain(answer.status);
      const length = answer.status === 304 ? '0' : answer.headers['content-length'];
      expect(answer.body.length).toBe(method === 'HEAD' ? 0 : Number(length));
    }),
    { numRuns: 1500 },
  );
}, 60_000);
