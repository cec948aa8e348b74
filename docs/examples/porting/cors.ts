import { SharedDataMiddleware } from 'shared-data-middleware';

export class CorsFiles extends SharedDataMiddleware {
  override setHeaders(headers: Headers): void {
    headers.set('Access-Control-Allow-Origin', '*');
  }
}
