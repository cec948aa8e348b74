import { SharedDataMiddleware, type FileLookup } from 'shared-data-middleware';

export class DebugFiles extends SharedDataMiddleware {
  override isAllowed(filename: string, { request }: FileLookup): boolean {
    return !filename.endsWith('.map') || request.headers['x-debug'] === '1';
  }
}
