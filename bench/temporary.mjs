import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is undone when the benchmark ends: servers stop, and temporary folders are removed. */
const cleanups = new Set();
process.on('exit', () => [...cleanups].reverse().forEach((cleanUp) => cleanUp()));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/**
 * Calls a function when the benchmark ends, also when it fails or is interrupted. Returns a function that
 * forgets it.
 */
export function onExit(cleanUp) {
  cleanups.add(cleanUp);
  return () => cleanups.delete(cleanUp);
}

const folders = new Map();

/** The temporary folder with this name. It is made when it is first needed, and removed when the benchmark ends. */
export function temporaryFolder(name) {
  const existing = folders.get(name);
  if (existing !== undefined) return existing;
  const folder = mkdtempSync(join(tmpdir(), `bench-${name}-`));
  folders.set(name, folder);
  onExit(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
