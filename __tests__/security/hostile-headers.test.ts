import fc from 'fast-check';
import { SharedDataMiddleware } from '../../src';
import { dictionaryOf } from '../support/deltas';
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
  'Available-Dictionary',
  'Sec-Fetch-Site',
  'Sec-Fetch-Mode',
];

/** The statuses that requests with these header fields may get. */
const EXPECTED_STATUSES = [200, 206, 304, 406, 412, 416];

const dictionary = dictionaryOf('some old script');

const folder = folderWith(
  {
    'a.js': 'some script',
    'a.js.gz': 'gzip',
    [`a.js.${dictionary.short}.dcz`]: dictionary.delta('dcz', 'delta'),
    'index.html': 'home',
  },
  new Date(1.7e12),
);

/** Characters that Node accepts in a field value. */
const character = fc.oneof(
  fc.constantFrom(' ', '\t', ',', ';', '=', '"', '*', '-', '/'),
  fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code !== 0x7f)
    .map((code) => String.fromCharCode(code)),
);

/** Fragments of valid values, joined at random. */
const fragment = fc.constantFrom(
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
  ...['dcz', 'dcb', dictionary.field, ':', `"-dcz-${dictionary.short}"`, 'cors', 'cross-site'],
  ...['gzip', 'br', ';q=', '0', '0.5', 'identity', 'no-cache', 'max-age=0', '99999999999999999999', '\xff'],
);

const value = fc.oneof(
  fc.constant(''),
  fc.array(character, { maxLength: 60 }).map((characters) => characters.join('')),
  fc.array(fragment, { maxLength: 12 }).map((fragments) => fragments.join('')),
  fc.oneof(character, fragment).map((text) => text.repeat(8192 / text.length)),
);

const headers = fc.array(fc.tuple(fc.constantFrom(...FIELDS), value), { minLength: 1, maxLength: 3 });

test('malformed, repeated, empty and oversized header fields get a well-formed response', async () => {
  const shared = new SharedDataMiddleware(
    app,
    { '/': folder },
    {
      precompressed: true,
      dictionaries: { match: '/*' },
      index: 'index.html',
    },
  );
  const { port } = await serve(shared.listener);
  const request = fc.tuple(
    fc.constantFrom('GET', 'HEAD'),
    fc.constantFrom('/a.js', '/a.js.gz', '/'),
    headers,
  );
  await fc.assert(
    fc.asyncProperty(request, async ([method, target, fields]) => {
      const total = fields.reduce((sum, [, text]) => sum + text.length, 0);
      fc.pre(total < 14_000); // Node limits the header to 16 KiB
      const response = await rawRequest(port, method, target, fields);
      expect(EXPECTED_STATUSES).toContain(response.status);
      const length = response.status === 304 ? '0' : response.headers['content-length'];
      expect(response.body.length).toBe(method === 'HEAD' ? 0 : Number(length));
    }),
    { numRuns: 1500 },
  );
}, 60_000);
