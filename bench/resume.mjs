// Continues a run that was interrupted, or in which some scenarios did not settle.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '../dist');

/**
 * Returns a function that measures a part of the run, unless the file has its results from a run of the same build
 * under the same `conditions`. The results are added to the file if they have settled.
 */
export function keepResults(file, conditions) {
  if (file === undefined) return (name, measure) => measure();
  const key = JSON.stringify({ build: hashOfBuild(), ...conditions });
  const stored = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const results = stored.key === key ? stored.results : {};
  return async (name, measure) => {
    if (name in results) return results[name];
    const measured = await measure();
    if (measured.settled !== false) {
      results[name] = measured;
      writeFileSync(file, JSON.stringify({ key, results }));
    }
    return measured;
  };
}

function hashOfBuild() {
  const hash = createHash('sha256');
  for (const name of readdirSync(dist, { recursive: true }).sort())
    if (/\.m?js$/.test(name)) hash.update(readFileSync(join(dist, name)));
  return hash.digest('hex');
}
