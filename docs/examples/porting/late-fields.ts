import { join } from 'node:path';
import { SharedDataMiddleware, type Loader } from 'shared-data-middleware';

export class ThemedFiles extends SharedDataMiddleware {
  theme = 'light';

  override getDirectoryLoader(directory: string): Loader {
    return (path, request) => {
      const find = super.getDirectoryLoader(join(directory, this.theme));
      return find(path, request);
    };
  }
}
