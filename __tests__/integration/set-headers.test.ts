import { SharedDataMiddleware, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve, type RawAnswer, expectLifetime } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const folder = folderWith({ 'a.txt': '0123456789', 'a.txt.gz': 'not really gzip' }, new Date(1.7e12));

/** Requests a file from a middleware whose `setHeaders` is the given function. */
async function request(
  setHeaders: (headers: Headers) => void,
  fields: readonly (readonly [string, string])[] = [],
  options: SharedDataOptions = {},
): Promise<RawAnswer> {
  class Custom extends SharedDataMiddleware {
    override setHeaders(headers: Headers): void {
      setHeaders(headers);
    }
  }
  const { port } = await serve(new Custom(app, { '/s': folder }, options).listener);
  return rawRequest(port, 'GET', '/s/a.txt', fields);
}

const OWN_DATE = 'Thu, 29 Feb 2024 12:00:00 GMT';

function setValidators(headers: Headers): void {
  headers.set('ETag', '"own"');
  headers.set('Last-Modified', OWN_DATE);
}

describe('a Content-Type from setHeaders', () => {
  const setType = (headers: Headers): void => {
    headers.set('Content-Type', 'text/markdown');
  };

  test('is sent with 200 and 206', async () => {
    expect((await request(setType)).headers).toMatchObject({ 'content-type': 'text/markdown' });
    const part = await request(setType, [['Range', 'bytes=0-1']]);
    expect([part.status, part.headers['content-type']]).toEqual([206, 'text/markdown']);
  });

  test('is that of the parts of a multipart response', async () => {
    const { status, headers, body } = await request(setType, [['Range', 'bytes=0-1,5-6']]);
    expect([status, headers['content-type']]).toEqual([
      206,
      expect.stringMatching(/^multipart\/byteranges; boundary=/),
    ]);
    expect(body.toString().match(/Content-Type: .*/g)).toEqual(Array(2).fill('Content-Type: text/markdown'));
    expect(headers['content-length']).toBe(String(body.length));
  });

  test('with characters beyond ASCII does not change the length of a multipart response', async () => {
    const title = (headers: Headers): void => {
      headers.set('Content-Type', 'text/plain; title="\u00dcbersicht"');
    };
    for (const range of ['bytes=0-1,5-6', 'bytes=0-0,9-9']) {
      const { headers, body } = await request(title, [['Range', range]]);
      expect([headers['content-length'], body.toString('latin1')]).toEqual([
        String(body.length),
        expect.stringContaining('\u00dcbersicht'),
      ]);
    }
  });

  test('is not sent with 304', async () => {
    const { status, headers } = await request(setType, [['If-None-Match', '*']]);
    expect([status, headers['content-type']]).toEqual([304, undefined]);
  });

  test('can be removed', async () => {
    const removeType = (headers: Headers): void => {
      headers.delete('Content-Type');
    };
    expect((await request(removeType)).headers).not.toHaveProperty('content-type');
    const { body } = await request(removeType, [['Range', 'bytes=0-1,5-6']]);
    expect(body.toString()).not.toContain('Content-Type');
  });
});

describe('validators from setHeaders', () => {
  test.each<[string, string, number]>([
    ['If-None-Match', '"own"', 304],
    ['If-None-Match', '"other"', 200],
    ['If-Modified-Since', OWN_DATE, 304],
    ['If-Modified-Since', 'Wed, 28 Feb 2024 12:00:00 GMT', 200],
    ['If-Match', '"own"', 200],
    ['If-Match', '"other"', 412],
    ['If-Unmodified-Since', 'Wed, 28 Feb 2024 12:00:00 GMT', 412],
  ])('%s: %s responds %d', async (name, value, status) => {
    expect((await request(setValidators, [[name, value]])).status).toBe(status);
  });

  test.each<[string, number]>([
    ['"own"', 206],
    [OWN_DATE, 206],
    ['"other"', 200],
    ['Tue, 14 Nov 2023 22:13:20 GMT', 200],
  ])('If-Range: %s responds %d', async (value, status) => {
    const fields = [['Range', 'bytes=0-1'] as const, ['If-Range', value] as const];
    expect((await request(setValidators, fields)).status).toBe(status);
  });

  test('are sent', async () => {
    const { headers } = await request(setValidators);
    expect([headers['etag'], headers['last-modified']]).toEqual(['"own"', OWN_DATE]);
  });

  test('that are removed match no condition', async () => {
    const remove = (headers: Headers): void => {
      headers.delete('ETag');
      headers.delete('Last-Modified');
    };
    const { status, headers } = await request(remove, [['If-Modified-Since', OWN_DATE]]);
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('last-modified');
  });

  test('that are no entity tag respond 500', async () => {
    const setInvalid = (headers: Headers): void => {
      headers.set('ETag', '"a"b"');
    };
    expect((await request(setInvalid)).status).toBe(500);
  });
});

describe('Vary from setHeaders', () => {
  const options: SharedDataOptions = { precompressed: true };

  test.each<[string, (headers: Headers) => void, string]>([
    [
      'set',
      (headers) => {
        headers.set('Vary', 'Origin');
      },
      'Origin, Accept-Encoding',
    ],
    [
      'appended',
      (headers) => {
        headers.append('Vary', 'Origin');
      },
      'Accept-Encoding, Origin',
    ],
    [
      'deleted',
      (headers) => {
        headers.delete('Vary');
      },
      'Accept-Encoding',
    ],
  ])('names Accept-Encoding if it is %s and the encoding depends on it', async (_name, change, vary) => {
    const { headers } = await request(change, [['Accept-Encoding', 'gzip']], options);
    expect([headers['content-encoding'], headers['vary']]).toEqual(['gzip', vary]);
  });

  test('is sent with 304', async () => {
    const setVary = (headers: Headers): void => {
      headers.set('Vary', 'Origin');
    };
    const { status, headers } = await request(setVary, [['If-None-Match', '*']], options);
    expect([status, headers['vary']]).toEqual([304, 'Origin, Accept-Encoding']);
  });
});

describe('Cache-Control from setHeaders', () => {
  test('determines Expires', async () => {
    const { headers } = await request((fields) => {
      fields.set('Cache-Control', 'max-age=60');
    });
    expectLifetime({ headers }, 60);
  });

  test('without max-age removes Expires', async () => {
    const { headers } = await request((fields) => {
      fields.set('Cache-Control', 'no-cache');
    });
    expect(headers).not.toHaveProperty('expires');
  });

  test('does not change an Expires that is set as well', async () => {
    const { headers } = await request((fields) => {
      fields.set('Cache-Control', 'max-age=60');
      fields.set('Expires', OWN_DATE);
    });
    expect(headers).toMatchObject({ 'cache-control': 'max-age=60', expires: OWN_DATE });
  });

  test('that is removed leaves Expires', async () => {
    const { headers } = await request((fields) => {
      fields.delete('Cache-Control');
    });
    expect(headers).not.toHaveProperty('cache-control');
    expect(headers).toHaveProperty('expires');
  });
});

test('two cookies from setHeaders are both sent', async () => {
  const { headers } = await request((fields) => {
    fields.append('Set-Cookie', 'a=1');
    fields.append('Set-Cookie', 'b=2');
  });
  expect(headers['set-cookie']).toBe('a=1, b=2');
});

test.each([
  ['Content-Length', '3'],
  ['Content-Encoding', 'br'],
  ['Content-Range', 'bytes 0-0/1'],
  ['Accept-Ranges', 'none'],
])('%s cannot be changed by setHeaders', async (name, value) => {
  const expected = (await request(() => undefined)).headers[name.toLowerCase()];
  const { headers } = await request((fields) => {
    fields.set(name, value);
  });
  expect(headers[name.toLowerCase()]).toBe(expected);
});
