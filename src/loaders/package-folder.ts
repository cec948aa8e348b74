import { realpathSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCanonicalPath } from '../http/request-path';

const PACKAGE_NAME = /^(@[^@/\\]+\/)?[^@./\\][^/\\]*(?=\/|$)/;

/**
 * The folder of a package, found the way Node finds it from a file or folder: the package that the place itself
 * is in, if it has that name, else the `node_modules` folders upwards and the global ones. The package's own
 * `exports` map has no say: it is for modules, and this is about data.
 *
 * `specifier` may name a folder in the package: `pkg/sub`, as a dotted name does in Python.
 */
export function packageFolder(specifier: string, resolveFrom: string | URL | undefined): string {
  const name = isCanonicalPath(`/${specifier}`) ? PACKAGE_NAME.exec(specifier)?.[0] : undefined;
  if (name === undefined) {
    throw new TypeError(
      `expected the name of a package, such as 'pkg', '@scope/pkg' or 'pkg/folder', got '${specifier}'`,
    );
  }
  const from = startingPoint(resolveFrom);
  const places = createRequire(from).resolve.paths(name) ?? [];
  const root = ownPackage(name, dirname(from)) ?? places.map((place) => join(place, name)).find(isDirectory);
  if (root === undefined) {
    throw new Error(`package '${name}' was not found; looked in ${[dirname(from), ...places].join(', ')}`);
  }
  const folder = join(realpathSync(root), specifier.slice(name.length));
  if (!isDirectory(folder)) throw new Error(`package '${name}' has no folder '${folder}'`);
  return folder;
}

/** A filename to resolve from; `createRequire` wants one that is in the folder rather than the folder itself. */
function startingPoint(resolveFrom: string | URL | undefined): string {
  const place = resolveFrom ?? require.main?.filename ?? process.argv[1] ?? process.cwd();
  const path = place instanceof URL || place.startsWith('file:') ? fileURLToPath(place) : resolve(place);
  return isDirectory(path) ? join(path, 'package.json') : path;
}

/** The folder of the nearest package.json upwards that has a name, if that is the name looked for. */
function ownPackage(name: string, folder: string): string | undefined {
  const found = nameOfPackageIn(folder);
  if (found !== undefined) return found === name ? folder : undefined;
  const parent = dirname(folder);
  return parent === folder ? undefined : ownPackage(name, parent);
}

/** Undefined also for a package.json without a name, such as one that only says `"type": "module"`. */
function nameOfPackageIn(folder: string): string | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: string }).name;
  } catch {
    return undefined;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
