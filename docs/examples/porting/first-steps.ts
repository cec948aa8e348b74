import { SharedDataMiddleware, type App } from 'shared-data-middleware';

export function withFiles(app: App, folder: string): SharedDataMiddleware {
  return new SharedDataMiddleware(
    app,
    {
      '/favicon.ico': `${folder}/favicon.ico`,
      '/static': `${folder}/static`,
      '/icons': ['icons', 'svg'],
    },
    { disallow: '*.map', cacheTimeout: 3600, fallbackMimetype: 'text/plain', resolveFrom: folder },
  );
}
