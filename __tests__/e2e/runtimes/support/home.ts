import { buildSync } from 'esbuild';
import { basename, join } from 'node:path';

const { RUNTIMES_HOME } = process.env;
if (RUNTIMES_HOME === undefined)
  throw new Error('expected RUNTIMES_HOME as the folder with the runtimes and the package: run .ci/runtimes');

/** The folder in which `.ci/runtimes` has installed the packed package, the runtimes and the bundlers. */
export const HOME: string = RUNTIMES_HOME;

/** The program of an npm package in {@link HOME}. */
export function programOf(name: string): string {
  return join(HOME, 'node_modules/.bin', name);
}

/** Where the packed package is installed. */
export const PACKAGE = join(HOME, 'node_modules/shared-data-middleware');

/** Builds a TypeScript module of the tests as a program in {@link HOME}, which imports the packed package. */
export function program(source: string): string {
  const outfile = join(HOME, `${basename(source, '.ts')}.mjs`);
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    external: ['shared-data-middleware'],
    tsconfigRaw: {},
  });
  return outfile;
}
