import { safeJoin } from '../../paths/safe-join';
import type { Loader } from '../../types';
import { directoryLoader } from './directory';
import type { FileSource } from './file-source';
import { packageDirectory } from './package-directory';

/** Finds the files below a directory of an installed package. */
export function packageLoader(
  packageName: string,
  packagePath: string,
  resolveFrom: string | URL | undefined,
  source: FileSource,
): Loader {
  const root = packageDirectory(packageName, resolveFrom);
  const inside = packagePath.replace(/\/$/, '');
  const directory = inside === '' ? root : safeJoin(root, inside);
  if (directory === null) {
    throw new TypeError(
      `expected a path inside the package '${packageName}', such as 'static', got '${packagePath}'`,
    );
  }
  return directoryLoader(directory, source);
}
