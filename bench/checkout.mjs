// Builds another commit of this project, for a comparison with the working tree.
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { onExit, temporaryFolder } from './temporary.mjs';

const project = join(import.meta.dirname, '..');

/** Builds a commit in a temporary worktree, with the dependencies of the working tree. Returns its folder. */
export function buildCommit(ref) {
  const commit = git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`);
  const folder = temporaryFolder('commit');
  onExit(() => git('worktree', 'remove', '--force', folder));
  git('worktree', 'add', '--detach', folder, commit);
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  return { folder, commit: commit.slice(0, 10) };
}

function git(...args) {
  return execFileSync('git', args, {
    cwd: project,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}
