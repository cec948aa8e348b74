import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const PROGRAMS = { wrk: 'wrk', nginx: 'nginx-light', gunicorn: 'gunicorn python3-werkzeug' };

/** Builds the package, installs the peers and, as root, what Debian has; says what is missing otherwise. */
export function setUp() {
  run('npm', ['run', '--silent', 'build'], join(here, '..'));
  if (!existsSync(join(here, 'node_modules/sirv'))) run('npm', ['ci', '--no-audit', '--no-fund'], here);
  const missing = Object.keys(PROGRAMS).filter((program) => !succeeds(`command -v ${program}`));
  if (missing.length === 0) return;
  const packages = missing.map((program) => PROGRAMS[program]).join(' ');
  if (process.getuid?.() === 0 && succeeds('command -v apt-get')) {
    const install = 'apt-get install -y -qq --no-install-recommends';
    run('sh', ['-c', `apt-get update -qq && DEBIAN_FRONTEND=noninteractive ${install} ${packages}`], here);
  } else {
    console.log(
      `missing: ${missing.join(', ')}; install ${packages}, or go on without. Without wrk, autocannon makes the load.`,
    );
  }
}

function succeeds(command) {
  return spawnSync('sh', ['-c', command]).status === 0;
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
}
