import { build, type Format } from 'esbuild';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { folderWith } from '../../support/files';
import { HOME, programOf } from './support/home';
import { outputOf } from './support/output';
import { bun, deno, type CommandLine } from './support/runtimes';

const folder = folderWith({ 'a.js': 'as it is', 'a.js.br': 'br', 'a.js.map': 'map' });

/** A program that is in the folder with the package. */
function copied(name: string): string {
  const program = join(HOME, name);
  copyFileSync(join(__dirname, 'programs', name), program);
  return program;
}

const entries = copied('entries.mjs');
const instances = copied('instances.mjs');
const mixed = copied('mixed.mjs');

const EXPECTED = `200 text/javascript; charset=utf-8 as it is
404 text/plain; charset=utf-8 Not Found

br br
"stored"
function function
`;

const EXTENSIONS: Partial<Record<Format, string>> = { esm: 'mjs', cjs: 'cjs' };

async function withEsbuild(entry: string, format: Format): Promise<string> {
  const outfile = join(HOME, `esbuild-${basename(entry, '.mjs')}.${EXTENSIONS[format] ?? 'js'}`);
  const { warnings } = await build({
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    platform: 'node',
    external: ['@aws-sdk/*'],
    logLevel: 'silent',
  });
  expect(warnings).toEqual([]);
  return outfile;
}

async function withRollup(entry: string, format: Format): Promise<string> {
  const outfile = join(HOME, `rollup.${EXTENSIONS[format] ?? 'js'}`);
  const plugins = ['node-resolve', 'commonjs', 'json'].flatMap((name) => ['--plugin', name]);
  const options = ['--external', '@aws-sdk/client-s3', '--format', format, '--file', outfile, '--silent'];
  await outputOf([programOf('rollup'), entry, ...plugins, ...options]);
  return outfile;
}

const runtimes: [name: string, run: (program: string, ...args: string[]) => CommandLine][] = [
  ['Node', (...args) => [process.execPath, ...args]],
  ['Bun', bun.runWithSdk],
  ['Deno', deno.runWithSdk],
];

describe.each(runtimes)('in %s', (_name, run) => {
  test('each entry point works without a bundler', async () => {
    expect(await outputOf(run(entries, folder))).toBe(EXPECTED);
  });

  test('import and require return the same classes and functions', async () => {
    expect(await outputOf(run(instances))).toBe('compared\n');
  });
});

describe.each([
  ['esbuild', withEsbuild],
  ['Rollup', withRollup],
])('a bundle by %s', (_name, bundle) => {
  test.each<Format>(['esm', 'cjs'])('runs in Node, Bun and Deno as %s', async (format) => {
    const program = await bundle(entries, format);
    const outputs = runtimes.map(([, run]) => outputOf(run(program, folder)));
    expect(await Promise.all(outputs)).toEqual([EXPECTED, EXPECTED, EXPECTED]);
  });
});

test.each<Format>(['esm', 'cjs'])(
  'import and require in a bundle return the same class, as %s',
  async (format) => {
    const program = await withEsbuild(mixed, format);
    expect(await outputOf([process.execPath, program])).toBe('true\n');
  },
);
