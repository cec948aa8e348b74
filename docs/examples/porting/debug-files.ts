import { SharedDataMiddleware, type FileLookup } from 'shared-data-middleware';

export class DebugFiles extends SharedDataMiddleware {
  override isAllowed(filename: string, lookup: FileLookup): boolean {
    return !filename.endsWith('.map') || lookup.request.headers['x-debug'] === '1';
  }
}
