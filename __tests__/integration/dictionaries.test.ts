import { Readable } from 'node:stream';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import express from 'express';
import {
  SharedDataMiddleware,
  type Loader,
  type SharedDataOptions,
  type SharedFile,
  type SharedRequest,
} from '../../src/index';
import { dictionaryOf } from '../support/deltas';
import { folderWith, put } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const LONG_AGO = new Date(1.7e12);
const [old, older] = [dictionaryOf('the old release'), dictionaryOf('an older release')];
const BR = brotliCompressSync('the new release');

const nameOf = (file: string, coding: 'dcb' | 'dcz', { short } = old) => `${file}.${short}.${coding}`;

const folder = folderWith(
  {
    'app.2.js': 'the new release',
    'app.2.js.br': BR,
    [nameOf('app.2.js', 'dcz')]: old.delta('dcz', 'what has changed'),
    [nameOf('app.2.js', 'dcz', older)]: older.delta('dcz', 'what has changed since'),
    'both.js': 'the new release',
    [nameOf('both.js', 'dcb')]: old.delta('dcb', 'in brotli'),
    [nameOf('both.js', 'dcz')]: old.delta('dcz', 'in zstandard'),
    'wrong.js': 'the new release',
    // The name of one dictionary, the header of another: the first 16 digits may be the same by accident.
    [nameOf('wrong.js', 'dcz')]: older.delta('dcz', 'unusable'),
    'short.js': 'the new release',
    [nameOf('short.js', 'dcz')]: old.delta('dcz', '').subarray(0, 30),
    'stale.js': 'the new release',
    [nameOf('stale.js', 'dcz')]: old.delta('dcz', 'unusable'),
    'large.js': 'the new release',
    [nameOf('large.js', 'dcz')]: old.delta('dcz', 'x'.repeat(100_000)),
    'secret.js': 'secret',
    [nameOf('secret.js', 'dcz')]: old.delta('dcz', 'secret'),
    'other.css': 'not for dictionaries',
    [nameOf('other.css', 'dcz')]: old.delta('dcz', 'never'),
    'index.html': 'home',
    [nameOf('index.html', 'dcz')]: old.delta('dcz', 'home'),
  },
  LONG_AGO,
);
put(join(folder, nameOf('stale.js', 'dcz')), old.delta('dcz', 'unusable'), new Date(1.6e12));

const OPTIONS: SharedDataOptions = {
  precompressed: ['br'],
  dictionaries: [{ match: '/s/*.js' }, { match: '/s/', id: 'home', matchDest: ['document'] }],
  index: 'index.html',
};
const HAS_OLD: [string, string][] = [
  ['Accept-Encoding', 'gzip, deflate, br, zstd, dcb, dcz'],
  ['Available-Dictionary', old.field],
];
const VARY = 'Accept-Encoding, Available-Dictionary';

async function started(options: SharedDataOptions = {}): Promise<number> {
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { ...OPTIONS, ...options });
  return (await serve(shared.listener)).port;
}

async function request(
  target: string,
  headers: readonly [string, string][],
  options: SharedDataOptions = {},
  method = 'GET',
): Promise<RawAnswer> {
  return rawRequest(await started(options), method, `/s/${target}`, headers);
}

/** What the client got: its content coding, and the text after the header of a delta. */
function received({ status, headers, body }: RawAnswer): [number, string | undefined, string] {
  const coding = headers['content-encoding'];
  const start = { dcb: 36, dcz: 40 }[coding ?? ''] ?? 0;
  return [status, coding, coding === 'br' ? 'brotli' : body.subarray(start).toString()];
}

const AS_BR = [200, 'br', 'brotli'];
const AS_IT_IS = [200, undefined, 'the new release'];

describe('a client that has a dictionary', () => {
  test('gets the delta that is made with it', async () => {
    const answer = await request('app.2.js', HAS_OLD);
    expect(received(answer)).toEqual([200, 'dcz', 'what has changed']);
    expect(answer.headers).toMatchObject({
      vary: VARY,
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': '56',
      'use-as-dictionary': 'match="/s/*.js"',
    });
  });

  test('gets another delta for another dictionary, with another ETag', async () => {
    const answer = await request('app.2.js', [
      ['Accept-Encoding', 'dcz'],
      ['Available-Dictionary', older.field],
    ]);
    expect(received(answer)).toEqual([200, 'dcz', 'what has changed since']);
    expect(answer.headers['etag']).toMatch(new RegExp(`-dcz-${older.short}"$`));
  });

  test('gets dcb before dcz, unless it prefers dcz', async () => {
    expect(received(await request('both.js', HAS_OLD))).toEqual([200, 'dcb', 'in brotli']);
    const preferring: [string, string][] = [['Accept-Encoding', 'dcb;q=0.5, dcz'], ...HAS_OLD.slice(1)];
    expect(received(await request('both.js', preferring))).toEqual([200, 'dcz', 'in zstandard']);
  });

  test('gets the delta of a file that is too large for memory', async () => {
    const answer = await request('large.js', HAS_OLD, { memoryLimit: 0 });
    expect(received(answer)).toEqual([200, 'dcz', 'x'.repeat(100_000)]);
  });

  test('gets the delta of an index file at the URL of its directory', async () => {
    const answer = await request('', HAS_OLD);
    expect(received(answer)).toEqual([200, 'dcz', 'home']);
    expect(answer.headers['use-as-dictionary']).toBe('match="/s/", match-dest=("document"), id="home"');
  });

  test.each([
    ['there is no delta for the dictionary', 'app.2.js', dictionaryOf('unknown').field, AS_BR],
    ['the header of the delta names another dictionary', 'wrong.js', old.field, AS_IT_IS],
    ['the delta is shorter than its header', 'short.js', old.field, AS_IT_IS],
    ['the delta is older than the file', 'stale.js', old.field, AS_IT_IS],
    ['the field is malformed', 'app.2.js', old.field.slice(1), AS_BR],
    ['the field has 8 KB', 'app.2.js', `:${'A'.repeat(8190)}:`, AS_BR],
  ])('gets no delta if %s', async (_why, target, field, expected) => {
    const answer = await request(target, [
      ['Accept-Encoding', 'br, dcz, dcb'],
      ['Available-Dictionary', field],
    ]);
    expect(received(answer)).toEqual(expected);
    expect(answer.headers['vary']).toBe(VARY);
  });

  test('gets no delta if it repeats the field', async () => {
    expect(received(await request('app.2.js', [...HAS_OLD, ...HAS_OLD]))).toEqual(AS_BR);
  });

  test.each(['br, *', 'br', 'br, dcz;q=0', 'br, dczz'])(
    'gets no delta with Accept-Encoding: %s',
    async (acceptEncoding) => {
      const answer = await request('app.2.js', [['Accept-Encoding', acceptEncoding], ...HAS_OLD.slice(1)]);
      expect(received(answer)).toEqual(AS_BR);
    },
  );

  test.each([
    ['cross-site', 'no-cors', AS_BR],
    ['same-site', 'no-cors', AS_BR],
    ['same-origin', 'no-cors', [200, 'dcz', 'what has changed']],
    ['none', 'navigate', [200, 'dcz', 'what has changed']],
  ])('with Sec-Fetch-Site: %s and Sec-Fetch-Mode: %s gets %j', async (site, mode, expected) => {
    const answer = await request('app.2.js', [
      ...HAS_OLD,
      ['Sec-Fetch-Site', site],
      ['Sec-Fetch-Mode', mode],
    ]);
    expect(received(answer)).toEqual(expected);
  });

  test('gets the headers of the delta for HEAD, and a range of its bytes', async () => {
    const head = await request('app.2.js', HAS_OLD, {}, 'HEAD');
    expect([head.headers['content-encoding'], head.headers['content-length'], head.body.length]).toEqual([
      'dcz',
      '56',
      0,
    ]);
    const range = await request('app.2.js', [...HAS_OLD, ['Range', 'bytes=40-43']]);
    expect([range.status, range.headers['content-range'], range.body.toString()]).toEqual([
      206,
      'bytes 40-43/56',
      'what',
    ]);
  });
});

test.each<[string, readonly [string, string][]]>([
  ['a delta', HAS_OLD],
  ['a file that has deltas', []],
])('%s is never continued by a date, which the file and its deltas share', async (_which, headers) => {
  const fields: [string, string][] = [
    ['Range', 'bytes=1-'],
    ['If-Range', LONG_AGO.toUTCString()],
  ];
  const answer = await request('app.2.js', [...headers, ...fields], { precompressed: false });
  expect(answer.status).toBe(200);
});

describe('a 304', () => {
  const tagOf = async (headers: readonly [string, string][]) =>
    (await request('app.2.js', headers)).headers['etag'] ?? '';

  test('is sent for the ETag of the delta, with Vary', async () => {
    const etag = await tagOf(HAS_OLD);
    const again = await request('app.2.js', [...HAS_OLD, ['If-None-Match', etag]]);
    expect([again.status, again.headers['etag'], again.headers['vary']]).toEqual([304, etag, VARY]);
  });

  test('is sent to a client whose dictionary now is the version that it made of the delta', async () => {
    const etag = await tagOf(HAS_OLD);
    const again = await request('app.2.js', [
      ['Accept-Encoding', 'br, dcz'],
      ['Available-Dictionary', dictionaryOf('the new release').field],
      ['If-None-Match', etag],
    ]);
    expect([again.status, again.headers['etag'], again.headers['vary']]).toEqual([304, etag, VARY]);
  });

  test('is not sent for the ETag of another coding or dictionary, or of a delta that is gone', async () => {
    const etag = await tagOf(HAS_OLD);
    for (const other of [
      await tagOf([['Accept-Encoding', 'br']]),
      etag.replace(old.short, older.short),
      etag.replace(old.short, '0'.repeat(16)),
      etag.replace('dcz', 'dcb'),
    ]) {
      const again = await request('app.2.js', [...HAS_OLD, ['If-None-Match', other]]);
      expect(received(again)).toEqual([200, 'dcz', 'what has changed']);
    }
  });

  test('is not sent with cache: false', async () => {
    const etag = await tagOf(HAS_OLD);
    const again = await request('app.2.js', [...HAS_OLD, ['If-None-Match', etag]], { cache: false });
    expect(received(again)).toEqual([200, 'dcz', 'what has changed']);
  });
});

describe('Vary names Available-Dictionary', () => {
  test.each<[string, readonly [string, string][]]>([
    ['as br', [['Accept-Encoding', 'br']]],
    ['as it is', []],
  ])('for a file that dictionaries apply to, sent %s', async (_coding, headers) => {
    const { headers: sent } = await request('app.2.js', headers);
    expect([sent['vary'], sent['use-as-dictionary']]).toEqual([VARY, 'match="/s/*.js"']);
  });

  test('in a 406', async () => {
    const answer = await request('app.2.js', [['Accept-Encoding', 'identity;q=0']]);
    expect([answer.status, answer.headers['vary']]).toEqual([406, VARY]);
  });

  test('without precompressed too', async () => {
    const answer = await request('app.2.js', [['Accept-Encoding', 'br']], { precompressed: false });
    expect([...received(answer), answer.headers['vary']]).toEqual([...AS_IT_IS, VARY]);
  });

  test('not for other files, which have no deltas', async () => {
    const { status, headers, body } = await request('other.css', HAS_OLD);
    expect([status, body.toString(), headers['vary'], headers['use-as-dictionary']]).toEqual([
      200,
      'not for dictionaries',
      'Accept-Encoding',
      undefined,
    ]);
  });

  test('not without the option', async () => {
    const answer = await request('app.2.js', HAS_OLD, { dictionaries: undefined });
    expect([...received(answer), answer.headers['vary']]).toEqual([...AS_BR, 'Accept-Encoding']);
  });
});

describe('a delta that is requested by its own name', () => {
  test('is sent without Content-Encoding, Use-As-Dictionary and Vary', async () => {
    const { status, headers, body } = await request(nameOf('other.css', 'dcz'), HAS_OLD);
    expect([status, body.subarray(40).toString()]).toEqual([200, 'never']);
    for (const name of ['content-encoding', 'use-as-dictionary', 'vary'])
      expect(headers).not.toHaveProperty(name);
  });

  test('is denied if its original is', async () => {
    for (const disallow of ['secret.js', '/secret.js']) {
      for (const target of ['secret.js', nameOf('secret.js', 'dcz')])
        expect((await request(target, HAS_OLD, { disallow })).headers['x-app']).toBe('1');
    }
  });
});

describe('a function as the option', () => {
  test('selects the dictionaries by the file, and deltas are sent of all files', async () => {
    const dictionaries: SharedDataOptions['dictionaries'] = ({ filename, path, size }) =>
      filename === 'both.js' ? { match: `/s/${path ?? ''}`, id: String(size) } : undefined;
    const answer = await request('other.css', HAS_OLD, { dictionaries });
    expect(received(answer)).toEqual([200, 'dcz', 'never']);
    expect([answer.headers['vary'], answer.headers['use-as-dictionary']]).toEqual([VARY, undefined]);
    const { headers } = await request('both.js', [], { dictionaries });
    expect(headers['use-as-dictionary']).toBe('match="/s/both.js", id="15"');
  });

  test('that returns something else is an error of the application, and closes the file', async () => {
    const printed = jest.spyOn(console, 'error').mockImplementation();
    const dictionaries = (() => ({ match: 'a"b' })) as unknown as SharedDataOptions['dictionaries'];
    const port = await started({ dictionaries, memoryLimit: 0 });
    const before = openDescriptors();
    expect((await rawRequest(port, 'GET', '/s/app.2.js')).status).toBe(500);
    expect(openDescriptors()).toBe(before);
    expect(String(printed.mock.calls[0]?.[1])).toContain(
      'expected the function to return { match } or undefined',
    );
    printed.mockRestore();
  });
});

test('setHeaders may remove Use-As-Dictionary, but not what Vary names', async () => {
  class Custom extends SharedDataMiddleware {
    override setHeaders(headers: Headers): void {
      headers.delete('Use-As-Dictionary');
      headers.set('Vary', 'Origin');
    }
  }
  const { port } = await serve(new Custom(app, { '/s': folder }, OPTIONS).listener);
  const { headers } = await rawRequest(port, 'GET', '/s/app.2.js', HAS_OLD);
  expect([headers['vary'], headers['use-as-dictionary']]).toEqual([`Origin, ${VARY}`, undefined]);
});

test('an ETag that setHeaders sets is that of the file; encodings and deltas have others, unless it is weak', async () => {
  class Custom extends SharedDataMiddleware {
    override setHeaders(headers: Headers, _file: SharedFile, { url = '' }: SharedRequest): void {
      headers.set('ETag', url.endsWith('?weak') ? 'W/"own"' : '"own"');
    }
  }
  const { port } = await serve(new Custom(app, { '/s': folder }, OPTIONS).listener);
  const tagOf = async (query: string, fields: [string, string][]): Promise<string | undefined> =>
    (await rawRequest(port, 'GET', `/s/app.2.js${query}`, fields)).headers['etag'];
  expect(await tagOf('', [])).toBe('"own"');
  expect(await tagOf('', [['Accept-Encoding', 'br']])).toBe('"own-br"');
  expect(await tagOf('', HAS_OLD)).toBe(`"own-dcz-${old.short}"`);
  expect(await tagOf('?weak', HAS_OLD)).toBe('W/"own"');
  const again: [string, string] = ['If-None-Match', `"own-dcz-${old.short}"`];
  expect((await rawRequest(port, 'GET', '/s/app.2.js', [again])).status).toBe(304);
});

test('below a mount path, match is the path that the client sees', async () => {
  const shared = new SharedDataMiddleware(null, { '/s': folder }, { dictionaries: { match: '/m/s/*.js' } });
  const { port } = await serve(express().use('/m', shared.middleware));
  const answer = await rawRequest(port, 'GET', '/m/s/app.2.js?v=2', HAS_OLD);
  expect([...received(answer), answer.headers['use-as-dictionary']]).toEqual([
    200,
    'dcz',
    'what has changed',
    'match="/m/s/*.js"',
  ]);
});

test('behind guards, a target that is not canonical is redirected, with the ETag of a delta too', async () => {
  const shared = new SharedDataMiddleware(null, { '/s': folder }, { dictionaries: { match: '/*' } });
  const { port } = await serve(express().use(shared.middleware));
  const { etag = '' } = (await rawRequest(port, 'GET', '/s/app.2.js', HAS_OLD)).headers;
  const answer = await rawRequest(port, 'GET', '/s/%61pp.2.js', [...HAS_OLD, ['If-None-Match', etag]]);
  expect([answer.status, answer.headers['location']]).toEqual([308, './app.2.js']);
});

test('a request in absolute-form is matched by its path', async () => {
  const port = await started();
  const answer = await rawRequest(port, 'GET', 'http://localhost/s/app.2.js', HAS_OLD);
  expect(received(answer)).toEqual([200, 'dcz', 'what has changed']);
});

describe('a custom loader', () => {
  const fileOf = (content: Buffer, closed: () => void) => ({
    mtime: LONG_AGO,
    size: content.length,
    read: (start: number, end: number) => Readable.from([content.subarray(start, end + 1)]),
    close: closed,
  });

  async function requestWith(content: Buffer, ...headers: [string, string][]) {
    const counts = { opened: 0, closed: 0 };
    const open = (bytes: Buffer) => {
      counts.opened += 1;
      return fileOf(bytes, () => (counts.closed += 1));
    };
    const loader: Loader = () => [
      'a.js',
      () => open(Buffer.from('the new release')),
      undefined,
      (coding, dictionary) => (`${coding} ${dictionary}` === `dcz ${old.short}` ? open(content) : null),
    ];
    const shared = new SharedDataMiddleware(null, { '/l': loader }, { dictionaries: { match: '/l' } });
    const { port } = await serve(shared.listener);
    return { answer: await rawRequest(port, 'GET', '/l', [...HAS_OLD, ...headers]), counts };
  }

  test('can provide deltas', async () => {
    const { answer, counts } = await requestWith(old.delta('dcz', 'delta'));
    expect(received(answer)).toEqual([200, 'dcz', 'delta']);
    await eventually(() => {
      expect(counts).toEqual({ opened: 1, closed: 1 });
    });
  });

  test('whose delta is made with another dictionary has it closed, and its file sent', async () => {
    const { answer, counts } = await requestWith(older.delta('dcz', 'delta'));
    expect(received(answer)).toEqual(AS_IT_IS);
    await eventually(() => {
      expect(counts).toEqual({ opened: 2, closed: 2 });
    });
  });

  test('whose delta may not be read has its file sent', async () => {
    const file = fileOf(Buffer.from('the new release'), () => undefined);
    const forbidden = () => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    };
    const shared = new SharedDataMiddleware(
      null,
      { '/l': () => ['a.js', () => file, undefined, forbidden] },
      { dictionaries: { match: '/l' } },
    );
    const { port } = await serve(shared.listener);
    expect(received(await rawRequest(port, 'GET', '/l', HAS_OLD))).toEqual(AS_IT_IS);
    const again: [string, string] = ['If-None-Match', `"other-dcz-${old.short}"`];
    expect(received(await rawRequest(port, 'GET', '/l', [again]))).toEqual(AS_IT_IS);
  });

  test('has the delta closed that If-None-Match names with another ETag', async () => {
    const { answer, counts } = await requestWith(old.delta('dcz', 'delta'), [
      'If-None-Match',
      `"other-dcz-${old.short}"`,
    ]);
    expect(received(answer)).toEqual([200, 'dcz', 'delta']);
    await eventually(() => {
      expect(counts).toEqual({ opened: 2, closed: 2 });
    });
  });
});
