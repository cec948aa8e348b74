import { randomBytes } from 'node:crypto';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Transform } from 'node:stream';
import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  SharedDataMiddleware,
  type CompressOptions,
  type FailedMessage,
  type SharedDataOptions,
} from '../../src/index';
import * as encoding from '../../src/encode/encoders';
import { folderWith, put } from '../support/files';
import { messagesOf } from '../support/messages';
import { eventually } from '../support/process';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

const OLD = new Date(1.7e12);
const script = 'export const message = "the same words over and over";\n'.repeat(2000);
const other = script.replace(/words/g, 'bytes');

/** Text of 20,000 letters that shrinks to about three quarters. */
function noiseOf(seed: number): string {
  let state = seed + 1;
  return Array.from({ length: 20_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return String.fromCharCode(33 + (state % 64));
  }).join('');
}

const decoders: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  br: brotliDecompressSync,
  gzip: gunzipSync,
  zstd: (bytes) =>
    (zlib as unknown as { zstdDecompressSync: (b: Uint8Array) => Buffer }).zstdDecompressSync(bytes),
};
/** The codings that this version of Node has. */
const codings = 'createZstdCompress' in zlib ? ['br', 'zstd', 'gzip'] : ['br', 'gzip'];

// The clock is ahead, so that the files are older than the racy window.
const { now } = Date;
beforeEach(() => jest.spyOn(Date, 'now').mockImplementation(() => now() + 10_000));
afterEach(() => jest.restoreAllMocks());

type Fields = readonly (readonly [string, string])[];
type Get = (acceptEncoding: string, fields?: Fields, method?: string) => Promise<RawAnswer>;

/** A function that requests one file. */
async function start(
  content: string | Uint8Array,
  options: SharedDataOptions = {},
  name = 'app.js',
  Middleware = SharedDataMiddleware,
): Promise<Get> {
  const folder = folderWith({ [name]: content }, OLD);
  return getterOf(new Middleware(app, { '/s': folder }, { compress: true, ...options }), `/s/${name}`);
}

async function getterOf(shared: SharedDataMiddleware, target: string): Promise<Get> {
  const { port } = await serve(shared.listener);
  return (acceptEncoding, fields = [], method = 'GET') =>
    rawRequest(port, method, target, [['Accept-Encoding', acceptEncoding], ...fields]);
}

/** Requests the file until it is sent with a coding. */
async function untilEncoded(get: Get, coding: string): Promise<RawAnswer> {
  let answer: RawAnswer | undefined;
  await eventually(async () => {
    answer = await get(coding);
    expect(answer.headers['content-encoding']).toBe(coding);
  });
  return answer ?? get(coding);
}

function decoded({ headers, body }: RawAnswer): Buffer {
  return decoders[headers['content-encoding'] ?? '']?.(body) ?? body;
}

interface Compression {
  readonly coding: string;
  readonly effort: encoding.Effort;
  readonly stream: Transform;
}

/** The compressions that middleware makes which is created from now on. */
function recordCompressions(): Compression[] {
  const compressions: Compression[] = [];
  const real = encoding.encoders();
  jest.spyOn(encoding, 'encoders').mockReturnValue(
    real.map(({ coding, createStream }) => ({
      coding,
      createStream: (size, effort) => {
        const stream = createStream(size, effort);
        compressions.push({ coding, effort, stream });
        return stream;
      },
    })),
  );
  return compressions;
}

async function untilFinished(compressions: readonly Compression[], count: number): Promise<void> {
  await eventually(() => {
    expect(compressions.length).toBeGreaterThanOrEqual(count);
    for (const { stream } of compressions) expect(stream.destroyed).toBe(true);
  });
}

const quick: CompressOptions = { level: 'quick' };

test.each(codings)(
  'a file is sent as it is while it is compressed, and with %s from then on',
  async (coding) => {
    const get = await start(script);
    const first = await get(coding);
    expect(first.headers).not.toHaveProperty('content-encoding');
    expect([first.headers['vary'], first.body.toString()]).toEqual(['Accept-Encoding', script]);
    const encoded = await untilEncoded(get, coding);
    expect(encoded.headers).toMatchObject({
      vary: 'Accept-Encoding',
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(encoded.body.length),
      'last-modified': OLD.toUTCString(),
      'cache-control': 'max-age=43200, public',
    });
    expect(encoded.body.length).toBeLessThan(script.length / 10);
    expect(decoded(encoded).toString()).toBe(script);
    expect((await get('identity')).body.toString()).toBe(script);
    expect((await get('deflate')).headers['vary']).toBe('Accept-Encoding');
  },
);

test('by default it is off', async () => {
  const get = await start(script, { compress: undefined });
  for (let round = 0; round < 3; round++) {
    const { headers } = await get('br');
    expect([headers['content-encoding'], headers['vary']]).toEqual([undefined, undefined]);
  }
});

test('many requests at once make one compression for each coding', async () => {
  const compressions = recordCompressions();
  const get = await start(script, { compress: quick });
  await Promise.all(Array.from({ length: 100 }, (_, index) => get(index % 2 === 0 ? 'br' : 'gzip')));
  for (const coding of ['br', 'gzip']) await untilEncoded(get, coding);
  const answers = await Promise.all(Array.from({ length: 50 }, () => get('br, gzip')));
  for (const answer of answers) expect(decoded(answer).toString()).toBe(script);
  expect(compressions.map(({ coding }) => coding).sort()).toEqual(['br', 'gzip']);
});

test('a client gets another coding that it accepts while the preferred one is being made', async () => {
  const get = await start(script, { compress: { ...quick, encodings: ['br', 'gzip'] } });
  await untilEncoded(get, 'gzip');
  expect((await get('gzip, br')).headers['content-encoding']).toBe('gzip');
  await eventually(async () => {
    expect((await get('gzip, br')).headers['content-encoding']).toBe('br');
  });
});

test('the coding is chosen by the weights of the client, then by the order of the list', async () => {
  const get = await start(script, { compress: { encodings: ['gzip', 'br'] } });
  for (const coding of ['br', 'gzip']) await untilEncoded(get, coding);
  const codingFor = async (field: string): Promise<string | undefined> =>
    (await get(field)).headers['content-encoding'];
  expect(await codingFor('br, gzip')).toBe('gzip');
  expect(await codingFor('br, gzip;q=0.5')).toBe('br');
  expect(await codingFor('identity, gzip;q=0.5')).toBeUndefined();
  expect(await codingFor('*')).toBe('gzip');
});

test('a client that refuses the file itself waits for its encoding, and gets 406 if there is none', async () => {
  const get = await start(script);
  const answer = await get('identity;q=0, gzip');
  expect([answer.status, answer.headers['content-encoding']]).toEqual([200, 'gzip']);
  expect(decoded(answer).toString()).toBe(script);
  expect((await get('*;q=0')).status).toBe(406);
  const precompressed = await start('short', { precompressed: true });
  expect((await precompressed('identity;q=0, gzip')).status).toBe(406);
});

test('the best level replaces the quick one when the file is requested again, with another ETag', async () => {
  const content = `${noiseOf(1)}${script}${noiseOf(1)}`;
  const compressions = recordCompressions();
  const get = await start(content);
  const first = await untilEncoded(get, 'br');
  await eventually(async () => {
    expect((await get('br')).headers['etag']).not.toBe(first.headers['etag']);
  }, 4);
  const { body } = await get('br');
  expect(body.length).toBeLessThan(first.body.length);
  expect(brotliDecompressSync(body).toString()).toBe(content);
  expect(compressions.map(({ effort }) => effort)).toEqual(['quick', 'best']);
});

test('with level: best, the first encoding is the smallest', async () => {
  const compressions = recordCompressions();
  const get = await start(script, { compress: { level: 'best' } });
  const { body } = await untilEncoded(get, 'br');
  expect((await get('br')).body).toEqual(body);
  expect(compressions).toMatchObject([{ coding: 'br', effort: 'best' }]);
});

describe('a file is sent as it is, and never compressed,', () => {
  let compressions: Compression[];

  beforeEach(() => {
    compressions = recordCompressions();
  });

  async function expectNoCompression(get: Get, vary: string | undefined): Promise<void> {
    for (let round = 0; round < 3; round++) {
      const { headers } = await get('gzip');
      expect([headers['content-encoding'], headers['vary']]).toEqual([undefined, vary]);
    }
    expect(compressions).toEqual([]);
  }

  test.each([
    ['photo.jpg', undefined],
    ['app.js.gz', undefined],
    ['video.mp4', undefined],
  ])('if its media type is not compressible: %s', async (name, vary) => {
    await expectNoCompression(await start(script, {}, name), vary);
  });

  test('if it is smaller than minSize', async () => {
    await expectNoCompression(await start(script.slice(0, 1023)), undefined);
    await expectNoCompression(await start(script, { compress: { minSize: 200_000 } }), undefined);
  });

  test('if it is too large to be kept in memory, or nothing is', async () => {
    await expectNoCompression(await start(script, { memoryLimit: 1_000_000 }), undefined);
    await expectNoCompression(await start(script, { memoryLimit: 0 }), undefined);
  });

  test('while it is so new that it is not kept in memory', async () => {
    const get = await start(script);
    jest.spyOn(Date, 'now').mockReturnValue(OLD.getTime());
    await expectNoCompression(get, 'Accept-Encoding');
  });

  test('if a loader of the application opens it, or gives it header fields', async () => {
    const content = Buffer.from(script);
    const opened = { mtime: OLD, size: content.length, content, read: () => content };
    const shared = new SharedDataMiddleware(app, { '/l': () => ['a.js', () => opened] }, { compress: true });
    await expectNoCompression(await getterOf(shared, '/l'), undefined);
  });
});

test('the fallback media type decides for files with an unknown extension', async () => {
  const get = await start(script, { fallbackMimetype: 'text/plain' }, 'LICENSE');
  expect(decoded(await untilEncoded(get, 'gzip')).toString()).toBe(script);
});

test('what does not shrink by 5 % is compressed once per version, and sent as it is', async () => {
  const compressions = recordCompressions();
  const noise = randomBytes(20_000);
  const get = await start(noise, {}, 'noise.txt');
  await get('gzip');
  await untilFinished(compressions, 1);
  for (let round = 0; round < 5; round++) {
    const { headers, body } = await get('gzip');
    expect([headers['content-encoding'], headers['vary'], body.equals(noise)]).toEqual([
      undefined,
      'Accept-Encoding',
      true,
    ]);
  }
  expect(compressions.length).toBe(1);
});

test('a changed file is sent at the next request, and then its own encoding', async () => {
  const folder = folderWith({ 'app.js': script, 'new/app.js': other }, OLD);
  const get = await getterOf(
    new SharedDataMiddleware(app, { '/s': folder }, { compress: true }),
    '/s/app.js',
  );
  await untilEncoded(get, 'br');
  renameSync(join(folder, 'new/app.js'), join(folder, 'app.js'));
  expect(decoded(await get('br')).toString()).toBe(other);
  expect(decoded(await untilEncoded(get, 'br')).toString()).toBe(other);
});

test('a file that changes while it is compressed is never sent as it was before', async () => {
  const folder = folderWith({}, OLD);
  const get = await getterOf(
    new SharedDataMiddleware(app, { '/s': folder }, { compress: true }),
    '/s/app.js',
  );
  for (let round = 0; round < 12; round++) {
    const content = `${round}\n${script}`;
    put(join(folder, 'next'), content, OLD);
    renameSync(join(folder, 'next'), join(folder, 'app.js'));
    // The compressions of the versions before are still in progress.
    for (const coding of ['br', 'gzip', 'br']) expect(decoded(await get(coding)).toString()).toBe(content);
  }
  expect(
    decoded(await untilEncoded(get, 'gzip'))
      .toString()
      .startsWith('11\n'),
  ).toBe(true);
});

test('whatever the content is, the decoded bytes are those of the file', async () => {
  const folder = folderWith();
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { compress: { minSize: 0 } });
  const { port } = await serve(shared.listener);
  const word = fc.uint8Array({ minLength: 1, maxLength: 40 });
  let count = 0;
  await fc.assert(
    fc.asyncProperty(
      word,
      fc.integer({ min: 0, max: 8000 }),
      fc.constantFrom(...codings),
      async (part, times, coding) => {
        const content = Buffer.concat(Array.from({ length: times }, () => part));
        const name = `${(count += 1)}.txt`;
        put(join(folder, name), content, OLD);
        const field = [['Accept-Encoding', coding]] as const;
        for (let round = 0; round < 3; round++) {
          const answer = await rawRequest(port, 'GET', `/s/${name}`, field);
          expect(decoded(answer).equals(content)).toBe(true);
          await new Promise(setImmediate);
        }
      },
    ),
    { numRuns: 30 },
  );
});

describe('an encoding that was made', () => {
  test('has a strong ETag of its own bytes, other than that of the file and of the other codings', async () => {
    const get = await start(script, { compress: quick });
    const tags = [(await get('identity')).headers['etag']];
    for (const coding of codings) {
      const { headers } = await untilEncoded(get, coding);
      expect(headers['etag']).toMatch(new RegExp(`^"[\\w-]{43}-${coding}"$`));
      tags.push(headers['etag']);
    }
    expect(new Set(tags).size).toBe(codings.length + 1);
  });

  test('has an ETag of its own also if a subclass overrides generateEtag', async () => {
    class Tagged extends SharedDataMiddleware {
      override generateEtag(): string {
        return 'release-7';
      }
    }
    const get = await start(`${noiseOf(1)}${script}${noiseOf(1)}`, {}, 'app.js', Tagged);
    const tagOf = async (coding: string): Promise<string | undefined> =>
      (await untilEncoded(get, coding)).headers['etag'];
    expect((await get('identity')).headers['etag']).toBe('"release-7"');
    expect(await tagOf('gzip')).toMatch(/^"release-7-gzip-[\w-]{43}"$/);
    const quickTag = await tagOf('br');
    expect(quickTag).toMatch(/^"release-7-br-[\w-]{43}"$/);
    await eventually(async () => {
      expect(await tagOf('br')).not.toBe(quickTag);
    }, 4);
  });

  test('has an ETag of its own also if setHeaders sets one, so that a download never continues in it', async () => {
    class Tagged extends SharedDataMiddleware {
      override setHeaders(headers: Headers): void {
        headers.set('ETag', '"release-7"');
      }
    }
    const get = await start(script, {}, 'app.js', Tagged);
    expect((await get('gzip')).headers['etag']).toBe('"release-7"');
    const { headers } = await untilEncoded(get, 'gzip');
    expect(headers['etag']).toMatch(/^"release-7-gzip-[\w-]{43}"$/);
    const part = ['Range', 'bytes=5-9'] as const;
    expect((await get('gzip', [part, ['If-Range', '"release-7"']])).status).toBe(200);
    expect((await get('gzip', [['If-None-Match', headers['etag'] ?? '']])).status).toBe(304);
  });

  test('has no ETag and is not conditional with cache: false', async () => {
    const get = await start(script, { cache: false });
    const { headers } = await untilEncoded(get, 'gzip');
    expect(headers).not.toHaveProperty('etag');
    expect((await get('gzip', [['If-None-Match', '*']])).status).toBe(200);
  });

  test('has a weak ETag with weakEtags', async () => {
    const get = await start(script, { weakEtags: true });
    expect((await untilEncoded(get, 'gzip')).headers['etag']).toMatch(/^W\/"[\w-]{43}-gzip"$/);
  });

  test('responds to HEAD as to GET, and 304 to its own ETag only', async () => {
    const get = await start(script, { compress: quick });
    const { headers, body } = await untilEncoded(get, 'gzip');
    const head = await get('gzip', [], 'HEAD');
    expect([head.headers['content-encoding'], head.headers['content-length'], head.body.length]).toEqual([
      'gzip',
      String(body.length),
      0,
    ]);
    const condition = [['If-None-Match', headers['etag'] ?? '']] as const;
    const again = await get('gzip', condition);
    expect([again.status, again.headers['vary'], again.headers['etag']]).toEqual([
      304,
      'Accept-Encoding',
      headers['etag'],
    ]);
    expect((await get('identity', condition)).status).toBe(200);
    expect((await get('gzip', [['If-Match', '"other"']])).status).toBe(412);
  });

  test('has ranges of its encoded bytes', async () => {
    const get = await start(script, { compress: quick });
    const { body, headers } = await untilEncoded(get, 'gzip');
    const part = await get('gzip', [
      ['Range', 'bytes=5-9'],
      ['If-Range', headers['etag'] ?? ''],
    ]);
    expect([part.status, part.headers['content-range'], part.headers['content-encoding']]).toEqual([
      206,
      `bytes 5-9/${body.length}`,
      'gzip',
    ]);
    expect(part.body).toEqual(body.subarray(5, 10));
    expect((await get('gzip', [['Range', `bytes=${body.length}-`]])).status).toBe(416);
  });

  test('is never continued by a date, which the file and all of its encodings share', async () => {
    const get = await start(script, { compress: quick });
    const fields = [
      ['Range', 'bytes=5-9'],
      ['If-Range', OLD.toUTCString()],
    ] as const;
    expect((await get('gzip', fields)).status).toBe(200);
    await untilEncoded(get, 'gzip');
    expect((await get('gzip', fields)).status).toBe(200);
    expect((await get('identity', fields)).status).toBe(200);
    const plain = await start(script, { compress: false });
    expect((await plain('identity', fields)).status).toBe(206);
  });

  test('is sent with a status that code in front has set', async () => {
    const folder = folderWith({ '404.html': script }, OLD);
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { compress: true });
    const { port } = await serve((req, res) => {
      res.statusCode = 404;
      shared.listener(req, res);
    });
    const get: Get = (field) => rawRequest(port, 'GET', '/s/404.html', [['Accept-Encoding', field]]);
    const answer = await untilEncoded(get, 'br');
    expect([answer.status, decoded(answer).toString()]).toEqual([404, script]);
  });

  test('gives way to a stored one', async () => {
    const folder = folderWith({ 'app.js': script, 'app.js.gz': zlib.gzipSync('stored') }, OLD);
    const options = { compress: true, precompressed: true };
    const get = await getterOf(new SharedDataMiddleware(app, { '/s': folder }, options), '/s/app.js');
    expect(decoded(await untilEncoded(get, 'br')).toString()).toBe(script);
    expect(decoded(await get('gzip')).toString()).toBe('stored');
    expect(decoded(await get('br, gzip')).toString()).toBe('stored');
  });

  test('is denied with its file, and not made for it', async () => {
    const compressions = recordCompressions();
    const get = await start(script, { disallow: '*.js' });
    for (let round = 0; round < 3; round++) expect((await get('gzip')).status).toBe(404);
    expect(compressions).toEqual([]);
  });
});

test('setHeaders is called for an encoding, and cannot change its Content-Encoding', async () => {
  class Custom extends SharedDataMiddleware {
    override setHeaders(headers: Headers): void {
      headers.set('Content-Encoding', 'identity');
      headers.set('X-Mine', 'yes');
    }
  }
  const get = await start(script, {}, 'app.js', Custom);
  const answer = await untilEncoded(get, 'gzip');
  expect([answer.headers['x-mine'], decoded(answer).toString()]).toEqual(['yes', script]);
});

test('memoryLimit counts encodings: the least recently used files are evicted for them', async () => {
  const files = Array.from({ length: 30 }, (_, index) => [`${index}.txt`, noiseOf(index)] as const);
  const folder = folderWith(Object.fromEntries(files), OLD);
  const compressions = recordCompressions();
  const shared = new SharedDataMiddleware(app, { '/s': folder }, { compress: quick, memoryLimit: 400_000 });
  const { port } = await serve(shared.listener);
  const field = [['Accept-Encoding', 'gzip']] as const;
  const get = (name: string): Promise<RawAnswer> => rawRequest(port, 'GET', `/s/${name}`, field);
  for (let round = 0; round < 2; round++) {
    for (const [name, content] of files) expect(decoded(await get(name)).toString()).toBe(content);
  }
  await untilFinished(compressions, 1);
  const encoded: string[] = [];
  for (const [name] of files.toReversed()) {
    const { headers } = await get(name);
    if (headers['content-encoding'] === undefined) break;
    encoded.push(name);
  }
  // Each file of 20 KB and its encoding of 15 KB count for 39 KB.
  expect(encoded.length).toBeLessThanOrEqual(10);
});

test('a compression that fails is published once, and the file is sent as it is', async () => {
  const failures = messagesOf<FailedMessage>('shared-data:failed');
  const failing = (): never => {
    throw new Error('out of memory');
  };
  jest.spyOn(encoding, 'encoders').mockReturnValue([
    { coding: 'br', createStream: failing },
    { coding: 'gzip', createStream: failing },
  ]);
  const get = await start(script);
  for (const coding of ['br', 'br', 'gzip', 'identity, *;q=0.1']) {
    const { status, headers, body } = await get(coding);
    expect([status, headers['content-encoding'], body.toString()]).toEqual([200, undefined, script]);
  }
  expect(failures.map(({ request, error }) => [request.url, error])).toEqual([
    ['/s/app.js', new Error('out of memory')],
  ]);
});

test.each([
  ['yes', "option 'compress': expected true, false or an object { encodings, minSize, level, concurrency }"],
  [['br'], "option 'compress': expected true, false or an object"],
  [null, "option 'compress': expected true, false or an object"],
  [{ encodings: 'br' }, "option 'compress.encodings': expected a list of 'br', 'zstd', 'gzip', got 'br'"],
  [{ encodings: ['deflate'] }, "option 'compress.encodings'"],
  [{ minSize: -1 }, "option 'compress.minSize': expected a whole number of bytes, 0 or more, got -1"],
  [{ level: 9 }, "option 'compress.level': expected 'auto' or 'quick' or 'best', got 9"],
  [{ concurrency: 0 }, "option 'compress.concurrency': expected a whole number of compressions, 1 or more"],
  [{ threshold: 1 }, "unknown option 'compress.threshold'; the options are compress.encodings"],
])('compress: %j is a TypeError that names it', (compress, message) => {
  expect(() => new SharedDataMiddleware(null, {}, { compress } as SharedDataOptions)).toThrow(
    expect.objectContaining({
      name: 'TypeError',
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});
