import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

export class StrictFiles extends SharedDataMiddleware {
  override getDirectoryLoader(directory: string): Loader {
    const find = super.getDirectoryLoader(directory);
    return async (path, request) => {
      const found = await find(path, request);
      if (found === null) throw Object.assign(new Error('Not Found'), { status: 404 });
      return found;
    };
  }
}
