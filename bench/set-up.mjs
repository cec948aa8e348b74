import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
/** The programs that the benchmark uses, and their Debian packages. */
const PACKAGES = { wrk: 'wrk', nginx: 'nginx-light', gunicorn: 'gunicorn python3-werkzeug' };

/**
 * Builds the package and installs the other servers. Installs missing programs with apt-get if run as root,
 * else prints which are missing.
 */
export function setUp() {
  run('npm', ['run', '--silent', 'build'], join(here, '..'));
  if (!existsSync(join(here, 'node_modules/sirv'))) run('npm', ['ci', '--no-audit', '--no-fund'], here);
  const missing = Object.keys(PACKAGES).filter((program) => !succeeds(`command -v ${program}`));
  if (missing.length === 0) return;
  const packages = missing.map((program) => PACKAGES[program]).join(' ');
  if (process.getuid?.() === 0 && succeeds('command -v apt-get')) {
    const install = 'apt-get install -y -qq --no-install-recommends';
    run('sh', ['-c', `apt-get update -qq && DEBIAN_FRONTEND=noninteractive ${install} ${packages}`], here);
  } else {
    console.log(`Missing: ${missing.join(', ')}. To include them, install ${packages}.`);
    if (missing.includes('wrk')) console.log('autocannon generates the load instead of wrk.');
  }
}

function succeeds(command) {
  return spawnSync('sh', ['-c', command]).status === 0;
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with code ${status}`);
}
