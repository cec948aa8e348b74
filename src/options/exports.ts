import { statSync } from 'node:fs';
import { format } from 'node:util';
import type { App, Loader } from '../types';

/**
 * What a prefix exports: the path of a file or directory, `[package, path]` for data of an installed package,
 * or a {@link Loader}.
 */
export type ExportTarget =
  string | readonly [packageName: string, packagePath: string, ...more: string[]] | Loader;

/**
 * The exports, in the order in which they are searched: a record, a Map, or any iterable of pairs.
 *
 * @example
 * ```ts
 * // Without `satisfies`, TypeScript infers string[] for the pair of package and path.
 * const exports = { '/static': 'public', '/icons': ['some-package', 'svg'] } satisfies Exports;
 * ```
 */
export type Exports = Readonly<Record<string, ExportTarget>> | Iterable<readonly [string, ExportTarget]>;

/** The methods of {@link SharedDataMiddleware} that create loaders. They may be overridden. */
interface LoaderMethods {
  getFileLoader(filename: string): Loader;
  getDirectoryLoader(directory: string): Loader;
  getPackageLoader(packageName: string, packagePath: string, ...more: string[]): Loader;
}

/**
 * The exports as pairs of a prefix and a loader.
 *
 * @throws TypeError for exports of another form. The message names the prefix and the value.
 * @throws Error for a path that cannot be examined, such as one on a mount that has failed
 */
export function exportLoaders(exports: Exports, methods: LoaderMethods): [string, Loader][] {
  return exportPairs(exports).map(([prefix, target]) => {
    const loader = createLoader(prefix, target, methods);
    if (typeof loader === 'function') return [prefix, loader as Loader];
    throw new TypeError(format("export '%s': expected its loader to be a function, got %O", prefix, loader));
  });
}

function createLoader(prefix: string, target: ExportTarget, methods: LoaderMethods): unknown {
  try {
    return loaderOf(target, methods);
  } catch (error) {
    throw namingExport(prefix, error);
  }
}

/** An error of the file system names no export. */
function namingExport(prefix: string, error: unknown): unknown {
  const { code, syscall, message } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  const expected = 'expected the path of a file or directory';
  if (code === 'ENAMETOOLONG') {
    return new TypeError(`export '${prefix}': ${expected}, got one that is too long`, { cause: error });
  }
  return new Error(`export '${prefix}': ${expected}, got one that cannot be examined: ${message}`, {
    cause: error,
  });
}

/** A path that does not exist yet is treated as a directory, as in Werkzeug. */
function loaderOf(target: ExportTarget, methods: LoaderMethods): Loader {
  if (typeof target === 'function') return target;
  if (typeof target !== 'string') return methods.getPackageLoader(...target);
  const isFile = statSync(target, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile ? methods.getFileLoader(target) : methods.getDirectoryLoader(target);
}

function exportPairs(exports: Exports): [string, ExportTarget][] {
  if (typeof exports !== 'object' || (exports as unknown) === null) {
    throw new TypeError(
      format('expected exports as a record, a Map or an iterable of pairs, got %O', exports),
    );
  }
  const pairs = Symbol.iterator in exports ? [...exports] : Object.entries(exports);
  return pairs.map((pair: unknown) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== 'string') {
      throw new TypeError(format('expected exports as pairs of a prefix and a target, got %O', pair));
    }
    const [prefix, target] = pair as [string, unknown];
    if (!isTarget(target)) {
      throw new TypeError(
        format(
          "export '%s': expected the path of a file or directory, [package, path], or a loader function, got %O",
          prefix,
          target,
        ),
      );
    }
    return [prefix, target];
  });
}

/** An empty path would export the working directory by accident. No path contains NUL. */
function isTarget(target: unknown): target is ExportTarget {
  if (typeof target === 'string') return target !== '' && !target.includes('\0');
  if (typeof target === 'function') return true;
  return Array.isArray(target) && target.length >= 2 && target.every((part) => typeof part === 'string');
}

/**
 * Checks the application.
 *
 * @throws TypeError if it is neither a function nor null
 */
export function checkApp(app: App | null): App | null {
  if (app === null || typeof app === 'function') return app;
  throw new TypeError(
    format('expected an application as a function (request, response), or null, got %O', app),
  );
}
