import { join } from 'node:path';
import { PACKAGE, programOf } from './home';

/** A program and its arguments. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** A runtime other than Node. */
export interface Runtime {
  readonly run: (program: string, ...args: string[]) => CommandLine;
  /** The same with the permission that patterns need. */
  readonly runWithPatterns: (program: string, ...args: string[]) => CommandLine;
  /** The same with the permission that the AWS SDK needs. */
  readonly runWithSdk: (program: string, ...args: string[]) => CommandLine;
  /** False if the server of the Fetch API omits the Content-Length of a stream. */
  readonly keepsStreamLength: boolean;
}

/** The command `shared-data`. */
export const COMMAND = join(PACKAGE, 'dist/cli/main.js');

/** The permissions that docs/frameworks.md names. Deno does not ask for others. */
const PERMISSIONS = ['--no-prompt', '--allow-net', '--allow-read', '--allow-sys=statfs'];

/** The permission for patterns of `disallow`. */
const FOR_PATTERNS = '--allow-env=__MINIMATCH_TESTING_PLATFORM__';

export const bun: Runtime = {
  run: (...args) => [programOf('bun'), ...args],
  runWithPatterns: (...args) => [programOf('bun'), ...args],
  runWithSdk: (...args) => [programOf('bun'), ...args],
  keepsStreamLength: false,
};

export const deno: Runtime = {
  run: (...args) => [programOf('deno'), 'run', ...PERMISSIONS, ...args],
  runWithPatterns: (...args) => [programOf('deno'), 'run', ...PERMISSIONS, FOR_PATTERNS, ...args],
  runWithSdk: (...args) => [programOf('deno'), 'run', ...PERMISSIONS, '--allow-env', ...args],
  keepsStreamLength: true,
};
