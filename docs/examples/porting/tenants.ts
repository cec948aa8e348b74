import { join } from 'node:path';
import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

const TENANTS: Readonly<Record<string, string>> = {
  'red.example': 'red',
  'blue.example': 'blue',
};

export class TenantFiles extends SharedDataMiddleware {
  override getDirectoryLoader(directory: string): Loader {
    const loaders = new Map<string, Loader>();
    for (const [host, folder] of Object.entries(TENANTS)) {
      loaders.set(host, super.getDirectoryLoader(join(directory, folder)));
    }
    return (path, request) => {
      const host = request.headers.host?.toLowerCase().replace(/:\d+$/, '') ?? '';
      return loaders.get(host)?.(path, request) ?? null;
    };
  }
}
