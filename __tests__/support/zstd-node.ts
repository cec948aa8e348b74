import { execFileSync } from 'node:child_process';
import { ENTRY, REGISTER } from './cli';
import { PROJECT } from './root';

/**
 * Runs `shared-data compress` with a Node that can make deltas: the one that NODE_WITH_ZSTD names, else this one.
 * `.ci/clients` installs one.
 *
 * @throws Error if it fails, with its output
 */
export function compressWithDeltas(folder: string, ...oldFolders: string[]): string {
  const node = process.env['NODE_WITH_ZSTD'] ?? process.execPath;
  const options = oldFolders.flatMap((old) => ['--dictionaries-from', old]);
  return execFileSync(node, ['-r', REGISTER, ENTRY, 'compress', folder, ...options], {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
