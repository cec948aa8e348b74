import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

export class IndexedFiles extends SharedDataMiddleware {
  override getDirectoryLoader(directory: string): Loader {
    const find = super.getDirectoryLoader(directory);
    return (path, request) => {
      const isFolder = path === '' || path?.endsWith('/');
      return find(isFolder ? `${path}index.html` : path, request);
    };
  }
}
