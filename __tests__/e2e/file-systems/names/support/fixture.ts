import { join } from 'node:path';
import { put } from '../../../../support/files';

/** The content of each file. */
export const BODY = 'what a policy decides about';

/**
 * Paths of files. All are on each file system. They are in lower case, because lowntfs-3g lists all names so with
 * `ignore_case`.
 */
export const FIXTURE = [
  ...['app.js', 'app.js.br', 'app.js.map', 'longfilename.js.map', 'secret.js', 'secret.js.br'],
  ...['.env', '.git/config', 'secret-things/key.txt', 'secret-things/deep-inside/key.txt'],
  ...['documents/index.html', 'welcome-page.html', 'assets-of-build/bundle-1.js'],
  ...['été/résumé.txt', 'été/clé-privée.txt', 'ελλάδα/ωμέγα.txt'],
  ...['node_modules/lib/static-files/lib.js', 'node_modules/lib/static-files/lib.js.map'],
];

/** Writes the fixture into a directory. */
export function writeFixture(folder: string): void {
  for (const path of FIXTURE) put(join(folder, path), BODY);
}

/** Each segment in turn replaced by another name, and all of them at once. Without what stays as it is. */
function replaceSegments(path: string, replace: (name: string) => string): readonly string[] {
  const segments = path.split('/');
  const each = segments.map((_, at) => segments.map((name, index) => (index === at ? replace(name) : name)));
  const paths = [...each, segments.map(replace)].map((names) => names.join('/'));
  return [...new Set(paths)].filter((alias) => alias !== path);
}

/** Segments in upper case, in lower case, and with one letter changed. */
export function inOtherCase(path: string): readonly string[] {
  const swapFirst = (name: string): string =>
    name.replace(/\p{L}/u, (letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    );
  const changes = [swapFirst, (name: string) => name.toUpperCase(), (name: string) => name.toLowerCase()];
  return [...new Set(changes.flatMap((change) => replaceSegments(path, change)))];
}

/** Segments replaced by the short names that they have. */
export function byNames(shortNames: Readonly<Record<string, string>>): (path: string) => readonly string[] {
  return (path) => replaceSegments(path, (name) => shortNames[name] ?? name);
}
