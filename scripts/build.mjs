// Builds dist/: readable bundles for each entry point, because loading one file is quicker than loading sixty, and
// the declarations of the public types, as tsc writes them.
//
// Runtimes load the CommonJS bundles, with `require` and with `import`, so that each class exists once. Bundlers
// take the ES modules, which package.json names with the condition `module`.
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const project = join(import.meta.dirname, '..');
const dist = join(project, 'dist');
const require = createRequire(import.meta.url);
const { engines } = require('../package.json');
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

const common = {
  absWorkingDir: project,
  outbase: 'src',
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: `node${engines.node.replace('>=', '')}`,
  packages: 'external',
  logLevel: 'warning',
};

function entryPoints(names) {
  return names.map((name) => `src/${name}.ts`);
}

async function writeCommonJs() {
  await build({
    ...common,
    entryPoints: entryPoints([...entries, 'adapters/answer', 'cli/main']),
    format: 'cjs',
    sourcemap: true,
    sourcesContent: false,
    plugins: [shareBundles, omitComments],
  });
}

async function writeModules() {
  await build({
    ...common,
    entryPoints: entryPoints(entries),
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    define: { 'require.main': 'undefined' },
    plugins: [requireToImport, inlineUsersOfBuiltins, omitComments],
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

/** Packages that have no default export as ES modules. */
const withoutDefault = ['minimatch', '@aws-sdk/client-s3'];

/** An ES module has no `require`: what is required when it is needed is imported at the start. */
const requireToImport = {
  name: 'require-to-import',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[^.]/ }, ({ path, kind }) =>
      kind === 'require-call' ? { path, namespace: 'required' } : undefined,
    );
    onLoad({ filter: /(?:)/, namespace: 'required' }, ({ path }) => {
      const name = isBuiltin(path) ? `node:${path.replace(/^node:/, '')}` : path;
      const defaultExport = withoutDefault.includes(path) ? '' : `export { default } from '${name}';`;
      return { contents: `export * from '${name}'; ${defaultExport}`, resolveDir: project };
    });
  },
};

/**
 * Packages that are CommonJS and require modules of Node. In a bundle that is an ES module, esbuild replaces their
 * `require` by a function that throws. Their licences go with them.
 */
const inlineUsersOfBuiltins = {
  name: 'inline-users-of-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(?:etag|mime-types)$/ }, ({ path }) => ({ path: require.resolve(path) }));
    onLoad({ filter: /node_modules.(?:etag|mime-types).\w+\.js$/ }, ({ path }) => {
      const licence = readFileSync(join(dirname(path), 'LICENSE'), 'utf8');
      const source = readFileSync(path, 'utf8').replace(/require\('[^.][^']*'\)/g, '$&.default');
      return { contents: `/*!\n${licence}*/\n${source}` };
    });
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
await writeCommonJs();
await writeModules();
