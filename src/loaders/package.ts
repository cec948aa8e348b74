import { directoryLoader } from './directory';
import type { Loader } from './loader';
import { packageFolder } from './package-folder';
import { safeJoin } from './safe-join';
import type { Shelf } from './shelf';

/** Answers with the files below a folder of an installed package. */
export function packageLoader(
  packageName: string,
  packagePath: string,
  resolveFrom: string | URL | undefined,
  shelf: Shelf,
): Loader {
  const root = packageFolder(packageName, resolveFrom);
  const inside = packagePath.replace(/\/$/, '');
  const directory = inside === '' ? root : safeJoin(root, inside);
  if (directory === null) {
    throw new TypeError(
      `expected a path inside the package '${packageName}', such as 'static', got '${packagePath}'`,
    );
  }
  return directoryLoader(directory, shelf);
}
