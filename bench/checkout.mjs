// Builds another commit of this project, for a comparison with the working tree.
import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { onExit, temporaryFolder } from './temporary.mjs';

const project = join(import.meta.dirname, '..');

/** Builds a commit in a temporary worktree. Returns its folder. */
export function buildCommit(ref) {
  const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  const folder = temporaryFolder('commit');
  onExit(() => git('worktree', 'remove', '--force', folder));
  git('worktree', 'add', '--detach', folder, commit);
  if (lockfile(folder) === lockfile(project))
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  else npm(folder, 'ci', '--no-audit', '--no-fund');
  npm(folder, 'run', '--silent', 'build');
  return { folder, commit: commit.slice(0, 10) };
}

function lockfile(folder) {
  return readFileSync(join(folder, 'package-lock.json'), 'utf8');
}

/** Writes what npm prints to stderr, because the compiler prints its errors to stdout. */
function npm(cwd, ...args) {
  execFileSync('npm', args, { cwd, stdio: ['ignore', process.stderr.fd, 'inherit'] });
}

function git(...args) {
  return execFileSync('git', args, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
