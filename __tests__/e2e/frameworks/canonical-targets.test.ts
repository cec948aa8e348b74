import type { AddressInfo } from 'node:net';
import { SharedDataMiddleware, type Loader } from '../../../src/index';
import { folderWith } from '../../support/files';
import { app } from '../../support/server';
import { sendRequest, type ClientResponse, type RequestOptions } from './support/client';
import { frameworks, type Framework, type ListeningServer } from './support/frameworks';

/** Characters that a path may contain unescaped (RFC 3986 §3.3). */
const UNESCAPED = Array.from("-._~!$&'()*+,;=:@7xX");

/** Characters that a path may contain only escaped, although HTTP parsers accept them unescaped. */
const TO_ESCAPE = Array.from('"<>^`{|}');

/** Characters whose escape has a letter. */
const WITH_LETTER = Array.from('<>^{|}?ä☃');

const folder = folderWith({
  'docs/index.html': 'docs',
  'a@b/denied.txt': 'denied',
  'x[y]/a.txt': '[]',
  ...Object.fromEntries(
    [...UNESCAPED, ...TO_ESCAPE, ...WITH_LETTER, ' ', '%'].map((one) => [`d${one}/a.txt`, one]),
  ),
});

/** An export that finds out only when it opens a file that there is none, as object storage does. */
const withoutFiles: Loader = () => [
  'a.txt',
  () => Promise.reject(Object.assign(new Error('no such object'), { code: 'ENOENT' })),
];

const targets = { '/objects': withoutFiles, '/s': folder };
const shared = new SharedDataMiddleware(app, targets, { disallow: 'denied.txt', index: 'index.html' });

type Get = (path: string, options?: RequestOptions) => Promise<ClientResponse>;

/** The escape of a character, in upper case. */
function escapeOf(character: string): string {
  return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&');
}

/** The status, and the location or the text. */
function outcome({ status, headers, body }: ClientResponse): string {
  return `${status} ${headers.location ?? body.toString()}`;
}

function describeIn(isIncluded: (name: string, framework: Framework) => boolean, define: (get: Get) => void) {
  const included = Object.entries(frameworks).filter((entry) => isIncluded(...entry));
  describe.each(included)('in %s', (_name, { protocol, start }) => {
    let server: ListeningServer;
    beforeAll(async () => (server = await start(shared)));
    afterAll(async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    define((path, options) => sendRequest(protocol, (server.address() as AddressInfo).port, path, options));
  });
}

describeIn(
  (_name, { isGuarded }) => isGuarded,
  (get) => {
    test.each([...UNESCAPED, ...TO_ESCAPE, ...WITH_LETTER, ' ', '%'])(
      'a directory with the character %s is served at its canonical target',
      async (character) => {
        const form = UNESCAPED.includes(character) ? character : escapeOf(character);
        expect(outcome(await get(`/s/d${form}/a.txt?${escapeOf(character)}`))).toBe(`200 ${character}`);
      },
    );

    test.each(UNESCAPED)('an escaped %s is redirected to the unescaped one', async (character) => {
      for (const form of [escapeOf(character), escapeOf(character).toLowerCase()])
        expect(outcome(await get(`/s/d${form}/a.txt?q=%40`))).toBe(`308 ../d${character}/a.txt?q=%40`);
    });

    test.each(WITH_LETTER)('an escape of %s in lower case is redirected to upper case', async (character) => {
      const escape = escapeOf(character);
      expect(outcome(await get(`/s/d${escape.toLowerCase()}/a.txt`))).toBe(`308 ../d${escape}/a.txt`);
    });

    test('HEAD is redirected too', async () => {
      expect(outcome(await get('/s/d%40/a.txt', { method: 'HEAD' }))).toBe('308 ../d@/a.txt');
    });

    test('the redirect starts at the first segment that differs and never names a host', async () => {
      expect(outcome(await get('/%73/d@/%61.txt'))).toBe('308 ../../s/d@/a.txt');
      expect(outcome(await get('/s/d@/%61.txt?//evil.example'))).toBe('308 ./a.txt?//evil.example');
      expect(outcome(await get('//evil.example/..%2fs/d@/%61.txt'))).toBe('404 APP\n');
    });

    test.each([
      ['a missing file', '/s/d%40/b.txt', 'GET'],
      ['a missing object', '/objects/d%40/a.txt', 'GET'],
      ['a denied file', '/s/a%40b/denied.txt', 'GET'],
      ['a dotfile', '/s/%2Ehidden', 'GET'],
      ['an escaped slash', '/s/d%40%2Fa.txt', 'GET'],
      ['a POST', '/s/d%40/a.txt', 'POST'],
    ])('%s is left to the application without a redirect', async (_what, path, method) => {
      expect(outcome(await get(path, { method }))).toBe('404 APP\n');
    });

    test('both forms of square brackets are served', async () => {
      expect(outcome(await get('/s/x%5By%5D/a.txt'))).toBe('200 []');
    });
  },
);

// The URL parser of the Fetch API escapes characters, resolves dot segments and makes every target absolute.
describeIn(
  (name, { isGuarded }) => isGuarded && !name.startsWith('Hono'),
  (get) => {
    test.each(TO_ESCAPE)('an unescaped %s is redirected to the escaped one', async (character) => {
      expect(outcome(await get(`/s/d${character}/a.txt`))).toBe(`308 ../d${escapeOf(character)}/a.txt`);
    });

    test('dot segments are left to the application without a redirect', async () => {
      expect(outcome(await get('/s/docs/%2E%2E/d%40/a.txt'))).toBe('404 APP\n');
    });

    test('an unescaped square bracket is served', async () => {
      expect(outcome(await get('/s/x[y]/a.txt'))).toBe('200 []');
    });

    test('a target in absolute form is left to the application', async () => {
      expect(outcome(await get('http://localhost/s/d@/a.txt'))).toBe('404 APP\n');
    });
  },
);

describeIn(
  (_name, { isGuarded }) => !isGuarded,
  (get) => {
    test.each(['/s/d@/a.txt', '/s/d%40/a.txt', '/%73/d@/%61.txt'])(
      'as a listener, nothing is in front: %s is served',
      async (path) => {
        expect(outcome(await get(path))).toBe('200 @');
      },
    );
  },
);
