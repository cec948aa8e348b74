import { SharedDataMiddleware } from '../../src/index';
import { folderWith } from '../support/files';
import { app, rawRequest, serve } from '../support/server';
import { silenceErrors } from '../support/stderr';

silenceErrors();

const folder = folderWith({ 'a.txt': 'abc', 'big.bin': Buffer.alloc(200_000), 'docs/index.html': 'docs' });

const failing = (): never => {
  throw new Error('broken');
};

const options = { precompressed: true, index: 'index.html', dotfiles: 'deny', disallow: '*.map' } as const;

describe('HEAD has the same status and headers as GET, without a body, for', () => {
  test.each<[number, string, [string, string][]]>([
    [200, '/s/a.txt', []],
    [200, '/s/big.bin', []],
    [200, '/s/docs/', []],
    [304, '/s/a.txt', [['If-None-Match', '*']]],
    [308, '/s/docs', []],
    [403, '/s/.env', []],
    [404, '/s/missing', []],
    [406, '/s/a.txt', [['Accept-Encoding', 'identity;q=0']]],
    [412, '/s/a.txt', [['If-Match', '"other"']]],
    [500, '/f/x', []],
  ])('a %d response: %s', async (status, target, headers) => {
    const { port } = await serve(
      new SharedDataMiddleware(app, { '/s': folder, '/f': failing }, options).listener,
    );
    const get = await rawRequest(port, 'GET', target, headers);
    const head = await rawRequest(port, 'HEAD', target, headers);
    const { date, expires } = get.headers; // These two can differ by a second.
    const headHeaders = { ...head.headers, ...(date && { date }), ...(expires && { expires }) };
    expect([get.status, head.status, headHeaders]).toEqual([status, status, get.headers]);
    expect(head.body).toHaveLength(0);
  });
});
