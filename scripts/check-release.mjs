// Fails if package.json lacks the links that npm shows for a release.
import { readFileSync } from 'node:fs';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const missing = ['repository', 'homepage', 'bugs'].filter((name) => manifest[name] === undefined);
if (missing.length > 0) {
  console.error(`package.json: expected ${missing.join(', ')}. See "Releasing" in CONTRIBUTING.md.`);
  process.exitCode = 1;
}
