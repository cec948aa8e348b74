import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const script = join(__dirname, 'print-result.mjs');

/** The result of a function of a module in `bench/`. Arguments and result are passed as JSON. */
export function call(module: string, name: string, ...parameters: readonly unknown[]): unknown {
  const args = [script, module, name, JSON.stringify(parameters)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}
