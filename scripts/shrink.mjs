// What users install is what they run: the code is minified, file by file, so that a stack trace still tells the file; and
// declarations that no entry point leads to are left out.
import { buildSync } from 'esbuild';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What is in them keeps its name, which users see when they print it. */
const NAMED = new Set(['shared-data.js', 'app.js']);

const files = readdirSync(dist, { recursive: true }).map((name) => join(dist, name));
for (const file of files) if (file.endsWith('.js')) minify(file);

const needed = new Set();
for (const { types } of Object.values(entries)) if (types !== undefined) need(resolve(root, types));
for (const file of files) if (file.endsWith('.d.ts') && !needed.has(file)) rmSync(file);

function minify(file) {
  // Node, which looks for the names that an ES module may import, understands an entry point only as TypeScript wrote it.
  const isEntry = Object.values(entries).some((entry) => resolve(root, entry.default ?? '') === file);
  const how = isEntry || NAMED.has(relative(dist, file)) ? { minifyWhitespace: true } : { minify: true };
  const from = { entryPoints: [file], outfile: file, allowOverwrite: true };
  buildSync({ ...from, platform: 'node', format: 'cjs', target: 'node20.19', ...how });
}

/** A declaration, and all that it is made of. */
function need(declaration) {
  if (needed.has(declaration) || !existsSync(declaration)) return;
  needed.add(declaration);
  for (const [, name] of readFileSync(declaration, 'utf8').matchAll(
    /(?:from|import) *\(?['"](\.[^'"]+)['"]/g,
  ))
    need(`${resolve(dirname(declaration), name)}.d.ts`);
}
