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
  symlinks: 'inside',
  acceptRanges: false,
  memoryLimit: 0,
  resolveFrom: new URL('file:///srv/app.js'),
};

/** What is undefined is left at its default, with `exactOptionalPropertyTypes` as well. */
const noOption: SharedDataOptions = { disallow: undefined, index: undefined, resolveFrom: undefined };

const exported: Exports = new Map([['/files', '.']]);

export const shared: SharedDataMiddleware[] = [
  new SharedDataMiddleware(null, { '/files': '.' }, everyOption),
  new SharedDataMiddleware(app, exported, noOption),
  new SharedDataMiddleware(app, [
    ['/files', '.'],
    ['/none', () => null],
  ]),
];

/** Never called: each line is a mistake that the compiler finds. */
export function mistakes(): void {
  // @ts-expect-error an unknown option
  new SharedDataMiddleware(app, {}, { cacheTimout: 1 });
  // @ts-expect-error a lifetime in words
  new SharedDataMiddleware(app, {}, { cacheTimeout: '1h' });
  // @ts-expect-error a word that the option does not know
  new SharedDataMiddleware(app, {}, { dotfiles: 'hide' });
  // @ts-expect-error a status that is no lasting redirect
  new SharedDataMiddleware(app, {}, { redirect: 302 });
  // @ts-expect-error a coding that is not served
  new SharedDataMiddleware(app, {}, { precompressed: ['deflate'] });
  // @ts-expect-error a number for a header field
  new SharedDataMiddleware(app, {}, { cacheControl: () => 60 });
  // @ts-expect-error a pattern that is a RegExp
  new SharedDataMiddleware(app, {}, { disallow: /\.map$/ });
  // @ts-expect-error Werkzeug's fourth argument is an option here
  new SharedDataMiddleware(app, {}, ['*.map'], true);
  // @ts-expect-error a package without a path
  new SharedDataMiddleware(app, { '/lib': ['some-package'] });
  // @ts-expect-error an application that is undefined
  new SharedDataMiddleware(undefined, {});
}
