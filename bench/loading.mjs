import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const here = import.meta.dirname;
const MODULES = {
  ours: join(here, '../dist/index.js'),
  'serve-static': join(here, 'node_modules/serve-static'),
};

/** Measures how many milliseconds `require` takes in a new process, for each package in turn. */
export function measureLoading(rounds) {
  return Array.from({ length: rounds }, (_, round) => {
    const names = Object.keys(MODULES);
    if (round % 2 === 1) names.reverse();
    return Object.fromEntries(names.map((name) => [name, loadingTime(MODULES[name])]));
  });
}

/** `node:http` is loaded before, because each server has it. */
function loadingTime(module) {
  const script = `require('node:http'); const startedAt = performance.now(); require(${JSON.stringify(module)});
    console.log(performance.now() - startedAt);`;
  const { stdout, status } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`cannot load ${module}`);
  return Number(stdout);
}
