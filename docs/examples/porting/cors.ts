import { SharedDataMiddleware } from 'shared-data-middleware';

export class CorsFiles extends SharedDataMiddleware {
  override responseHeaders(headers: Headers): void {
    headers.set('Access-Control-Allow-Origin', '*');
  }
}
