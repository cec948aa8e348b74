import {
  NotFound,
  SharedDataMiddleware,
  type App,
  type ContentCoding,
  type Exports,
  type RedirectStatus,
  type SharedDataOptions,
  type SharedFile,
} from 'shared-data-middleware';

const app: App = NotFound;
const status: RedirectStatus = 301;
const codings: readonly ContentCoding[] = ['br', 'zstd', 'gzip'];

const everyOption: SharedDataOptions = {
  disallow: ['*.map', 'private/**'],
  cache: true,
  cacheTimeout: 60,
  fallbackMimetype: 'text/plain',
  dotfiles: 'deny',
  index: ['index.html', 'index.htm'],
  extensions: ['html'],
  redirect: status,
  precompressed: codings,
  cacheControl: ({ filename, size, mtime, path }: SharedFile) =>
    `max-age=${path === null ? size : filename.length + mtime.getTime()}`,
  immutable: /\.[0-9a-f]{8}\.\w+$/,
  fallback: { file: '404.html', status: 404 },
  symlinks: 'inside',
  acceptRanges: false,
  memoryLimit: 0,
  mimeTypes: ({ filename }: SharedFile) => (filename === 'schema' ? 'application/json' : undefined),
  resolveFrom: new URL('file:///srv/app.js'),
};

/** An undefined option has its default, also with `exactOptionalPropertyTypes`. */
const noOption: SharedDataOptions = { disallow: undefined, index: undefined, resolveFrom: undefined };

/** Other forms of options. */
const otherForms: SharedDataOptions = {
  redirect: false,
  digest: true,
  mimeTypes: { '.glsl': 'text/x-glsl' },
};

const exported: Exports = new Map([['/files', '.']]);

export const shared: SharedDataMiddleware[] = [
  new SharedDataMiddleware(null, { '/files': '.' }, everyOption),
  new SharedDataMiddleware(app, exported, noOption),
  new SharedDataMiddleware(app, exported, otherForms),
  new SharedDataMiddleware(app, [
    ['/files', '.'],
    ['/none', () => null],
  ]),
];

/** Never called. The compiler must report each line. */
export function mistakes(): void {
  // @ts-expect-error an unknown option
  new SharedDataMiddleware(app, {}, { cacheTimout: 1 });
  // @ts-expect-error cacheTimeout is a number of seconds
  new SharedDataMiddleware(app, {}, { cacheTimeout: '1h' });
  // @ts-expect-error an invalid value of dotfiles
  new SharedDataMiddleware(app, {}, { dotfiles: 'hide' });
  // @ts-expect-error an extension has a dot
  new SharedDataMiddleware(app, {}, { mimeTypes: { glsl: 'text/x-glsl' } });
  // @ts-expect-error the status is not a permanent redirect
  new SharedDataMiddleware(app, {}, { redirect: 302 });
  // @ts-expect-error the content coding is not supported
  new SharedDataMiddleware(app, {}, { precompressed: ['deflate'] });
  // @ts-expect-error a header value is not a number
  new SharedDataMiddleware(app, {}, { cacheControl: () => 60 });
  // @ts-expect-error the status of a fallback is 200 or 404
  new SharedDataMiddleware(app, {}, { fallback: { file: '404.html', status: 410 } });
  // @ts-expect-error disallow takes no RegExp
  new SharedDataMiddleware(app, {}, { disallow: /\.map$/ });
  // @ts-expect-error the fourth argument of Werkzeug is an option here
  new SharedDataMiddleware(app, {}, ['*.map'], true);
  // @ts-expect-error a package export has a path
  new SharedDataMiddleware(app, { '/lib': ['some-package'] });
  // @ts-expect-error the application is required
  new SharedDataMiddleware(undefined, {});
}
