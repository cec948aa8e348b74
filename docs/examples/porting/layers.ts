import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

export class LayeredFiles extends SharedDataMiddleware {
  override getPackageLoader(packageName: string, packagePath: string, ...more: string[]): Loader {
    const layers = [packagePath, ...more].map((path) => super.getPackageLoader(packageName, path));
    return async (path, request) => {
      for (const find of layers) {
        const found = await find(path, request);
        if (found !== null) return found;
      }
      return null;
    };
  }
}
