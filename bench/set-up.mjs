import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const project = join(here, '..');
const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

/** How to find what is not a program of the same name. */
const CHECKS = { werkzeug: 'python3 -c "import werkzeug"' };

/** The programs that the benchmark uses, and their Debian packages. */
const PACKAGES = {
  wrk: 'wrk',
  h2load: 'nghttp2-client',
  openssl: 'openssl',
  nginx: 'nginx-light',
  caddy: 'caddy',
  lighttpd: 'lighttpd-mod-deflate',
  gunicorn: 'gunicorn',
  werkzeug: 'python3-werkzeug',
};

/** The programs that generate load. */
export const LOAD_PROGRAMS = ['wrk', 'h2load', 'openssl'];

/**
 * Builds the package and installs the other servers. Installs missing programs with apt-get if run as root.
 * Prints which are missing.
 */
export function setUp(programs = Object.keys(PACKAGES)) {
  run('npm', ['run', '--silent', 'build'], project);
  const isInstalled = (name) => existsSync(join(here, 'node_modules', name));
  // The install script of Bun puts its program into place.
  if (!Object.keys(dependencies).every(isInstalled))
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts=false'], here);
  const isMissing = (program) => !succeeds(CHECKS[program] ?? `command -v ${program}`);
  if (!programs.some(isMissing)) return;
  const wanted = programs.filter(isMissing).map((program) => `${program}=${PACKAGES[program]}`);
  run(join(project, '.ci/install-packages'), wanted, project);
  const missing = programs.filter(isMissing);
  if (missing.length === 0) return;
  console.log(
    `Missing: ${missing.join(', ')}. Debian has ${missing.map((name) => PACKAGES[name]).join(' ')}.`,
  );
  if (missing.includes('wrk')) console.log('autocannon generates the load instead of wrk.');
}

function succeeds(command) {
  return spawnSync('sh', ['-c', command]).status === 0;
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with code ${status}`);
}
