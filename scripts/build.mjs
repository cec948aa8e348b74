// Builds dist/: one readable bundle per entry point, because loading one file is quicker than loading sixty,
// with source maps to src/; and the declarations of the public types, as tsc writes them.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const project = join(import.meta.dirname, '..');
const dist = join(project, 'dist');
const { engines } = createRequire(import.meta.url)('../package.json');
const entries = ['index', 'adapters/koa', 'adapters/fastify', 'adapters/fetch', 's3/index'];

rmSync(dist, { recursive: true, force: true });

function writeDeclarations() {
  const tsc = join(project, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: project, stdio: 'inherit' });
  const needed = new Set();
  for (const entry of entries) addDeclarations(join(dist, entry), needed);
  for (const name of readdirSync(dist, { recursive: true })) {
    const file = join(dist, name);
    const module = file.replace(/\.d\.ts(?:\.map)?$/, '');
    if (module !== file && !needed.has(module)) rmSync(file);
  }
}

/** Adds a module, and all modules that its declarations import. */
function addDeclarations(module, needed) {
  if (needed.has(module) || !existsSync(`${module}.d.ts`)) return;
  needed.add(module);
  const text = readFileSync(`${module}.d.ts`, 'utf8');
  for (const [, path] of text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)) {
    addDeclarations(join(dirname(module), path), needed);
  }
}

async function writeBundles() {
  await build({
    absWorkingDir: project,
    entryPoints: [...entries, 'adapters/answer', 'cli/main'].map((entry) => `src/${entry}.ts`),
    outbase: 'src',
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: `node${engines.node.replace('>=', '')}`,
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [shareBundles, omitComments],
  });
}

/**
 * The command loads the middleware from the bundle of the package, and the adapters load what they share, rather
 * than a copy of it.
 */
const shareBundles = {
  name: 'share-bundles',
  setup({ onResolve }) {
    onResolve({ filter: /\/middleware$/ }, ({ importer }) =>
      importer.startsWith(join(project, 'src/cli')) ? { path: '../index.js', external: true } : undefined,
    );
    onResolve({ filter: /^\.\/answer$/ }, () => ({ path: './answer.js', external: true }));
  },
};

/** The comments are in src/, which the source maps refer to. esbuild would keep those inside of classes. */
const omitComments = {
  name: 'omit-comments',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path: fileName }) => {
      const compilerOptions = {
        removeComments: true,
        inlineSourceMap: true,
        target: ts.ScriptTarget.ESNext,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: false,
      };
      const source = readFileSync(fileName, 'utf8');
      return { contents: ts.transpileModule(source, { compilerOptions, fileName }).outputText, loader: 'js' };
    });
  },
};

writeDeclarations();
await writeBundles();
