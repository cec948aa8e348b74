import { realpathSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCanonicalPath } from '../../paths/request-path';

const PACKAGE_NAME = /^(@[^@/\\]+\/)?[^@./\\][^/\\]*(?=\/|$)/;

/**
 * The directory of a package, found as Node finds it: the package that contains the starting point, if it has
 * that name, else the `node_modules` directories upwards, else the global ones. The `exports` map of the
 * package is ignored: it is for modules, and this is about data.
 *
 * @param specifier the name of a package, or of a directory in one: `pkg/sub`, as a dotted name in Python
 * @param resolveFrom where to start: see the option of the same name
 * @throws TypeError if `specifier` is not the name of a package
 * @throws Error if there is no such package or directory. The message says where it was looked for.
 */
export function packageDirectory(specifier: string, resolveFrom: string | URL | undefined): string {
  const name = isCanonicalPath(`/${specifier}`) ? PACKAGE_NAME.exec(specifier)?.[0] : undefined;
  if (name === undefined) {
    throw new TypeError(
      `expected the name of a package, such as 'pkg', '@scope/pkg' or 'pkg/folder', got '${specifier}'`,
    );
  }
  const from = startingPoint(resolveFrom);
  const paths = createRequire(from).resolve.paths(name) ?? [];
  const root = ownPackage(name, dirname(from)) ?? paths.map((path) => join(path, name)).find(isDirectory);
  if (root === undefined) {
    throw new Error(`package '${name}' was not found; looked in ${[dirname(from), ...paths].join(', ')}`);
  }
  const directory = join(realpathSync(root), specifier.slice(name.length));
  if (!isDirectory(directory)) throw new Error(`package '${name}' has no folder '${directory}'`);
  return directory;
}

/** A filename to resolve from. `createRequire` needs the name of a file, which need not exist. */
function startingPoint(resolveFrom: string | URL | undefined): string {
  const place = resolveFrom ?? require.main?.filename ?? process.argv[1] ?? process.cwd();
  const path = place instanceof URL || place.startsWith('file:') ? fileURLToPath(place) : resolve(place);
  return isDirectory(path) ? join(path, 'package.json') : path;
}

/** The directory of the nearest package.json upwards that has a name, if it is the requested name. */
function ownPackage(name: string, directory: string): string | undefined {
  const found = packageNameIn(directory);
  if (found !== undefined) return found === name ? directory : undefined;
  const parent = dirname(directory);
  return parent === directory ? undefined : ownPackage(name, parent);
}

/** Undefined also for a package.json without a name, such as one that only says `"type": "module"`. */
function packageNameIn(directory: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name?: string }).name;
  } catch {
    return undefined;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
