import { join } from 'node:path';
import { SharedDataMiddleware, type Loader, type SharedDataOptions } from '../../src/index';
import { folderWith } from '../support/files';
import { silenceErrors } from '../support/stderr';
import { app, rawRequest, serve, type RawAnswer } from '../support/server';

silenceErrors();

const folder = folderWith(
  {
    'a.glsl': '0123456789',
    'B.GLSL': 'b',
    'a.glsl.gz': 'gz',
    'a.bin': 'bin',
    'a.js': 'js',
    'docs/index.glsl': 'index',
    'site-association': '{}',
    'node_modules/shaders/x.glsl': 'x',
  },
  new Date(1.7e12),
);
const options: SharedDataOptions = {
  mimeTypes: { '.glsl': 'text/x-glsl', '.bin': 'application/x-own' },
  index: 'index.glsl',
  extensions: ['glsl'],
  precompressed: true,
  resolveFrom: folder,
};
const typed: Loader = () => [
  'a.glsl',
  () => ({
    mtime: new Date(0),
    size: 1,
    headers: { 'content-type': 'text/x-stored' },
    read: () => Buffer.from('x'),
  }),
];

async function get(
  target: string,
  fields: [string, string][] = [],
  more: SharedDataOptions = {},
): Promise<RawAnswer> {
  const exports = { '/s': folder, '/t': folder, '/p': ['shaders', ''], '/typed': typed } as const;
  const shared = new SharedDataMiddleware(app, exports, { ...options, ...more });
  return rawRequest((await serve(shared.listener)).port, 'GET', target, fields);
}

const GLSL = 'text/x-glsl; charset=utf-8';

describe('mimeTypes', () => {
  test.each([
    ['a file', '/s/a.glsl', GLSL],
    ['a file with an extension in capitals', '/s/B.GLSL', GLSL],
    ['a file whose extension is omitted', '/s/a', GLSL],
    ['an index', '/s/docs/', GLSL],
    ['a file of a package', '/p/x.glsl', GLSL],
    ['a type that is no text', '/s/a.bin', 'application/x-own'],
    ['another file', '/s/a.js', 'text/javascript; charset=utf-8'],
    ['a file with a type of its own', '/typed', 'text/x-stored; charset=utf-8'],
  ])('determines the Content-Type of %s', async (_what, target, type) => {
    const { status, headers } = await get(target);
    expect([status, headers['content-type']]).toEqual([200, type]);
  });

  test('determines the Content-Type of a stored encoding by its original', async () => {
    const { headers, body } = await get('/s/a.glsl', [['Accept-Encoding', 'gzip']]);
    expect([headers['content-type'], headers['content-encoding'], body.toString()]).toEqual([
      GLSL,
      'gzip',
      'gz',
    ]);
  });

  test('determines the Content-Type of the parts of several ranges', async () => {
    const { body } = await get('/s/a.glsl', [['Range', 'bytes=0-0,4-4']]);
    expect(body.toString().match(/Content-Type: .*/g)).toEqual(Array(2).fill(`Content-Type: ${GLSL}`));
  });

  test('may be a function of the file, which is called for each request', async () => {
    let type = 'text/x-one';
    const mimeTypes: SharedDataOptions['mimeTypes'] = ({ filename, path, size, mtime }) =>
      filename === 'site-association' && path === filename && size === 2 && mtime.getTime() === 1.7e12
        ? type
        : undefined;
    const shared = new SharedDataMiddleware(app, { '/s': folder }, { mimeTypes });
    const { port } = await serve(shared.listener);
    const typeOf = async (name: string): Promise<unknown> =>
      (await rawRequest(port, 'GET', `/s/${name}`)).headers['content-type'];
    expect([await typeOf('site-association'), await typeOf('a.js')]).toEqual([
      'text/x-one; charset=utf-8',
      'text/javascript; charset=utf-8',
    ]);
    type = 'application/json';
    expect(await typeOf('site-association')).toBe('application/json');
  });

  test('may be a function that distinguishes the same file in two exports', async () => {
    const exports = { '/s': folder, '/sub': join(folder, 'docs') };
    const shared = new SharedDataMiddleware(app, exports, {
      mimeTypes: ({ path }) => (path === 'index.glsl' ? 'text/x-top' : undefined),
    });
    const { port } = await serve(shared.listener);
    const types: unknown[] = [];
    for (const target of ['/s/docs/index.glsl', '/sub/index.glsl', '/s/docs/index.glsl'])
      types.push((await rawRequest(port, 'GET', target)).headers['content-type']);
    expect(types).toEqual([
      'application/octet-stream',
      'text/x-top; charset=utf-8',
      'application/octet-stream',
    ]);
  });

  test('that returns no media type responds 500 and injects no header', async () => {
    const { status, headers } = await get('/s/a.js', [], { mimeTypes: () => 'text/x\r\nX-Injected: 1' });
    expect(status).toBe(500);
    expect(headers).not.toHaveProperty('x-injected');
  });
});
