import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Creates a temporary directory with these files. It is removed after the tests of the file. */
export function folderWith(files: Record<string, string | Uint8Array> = {}, mtime?: Date): string {
  const folder = mkdtempSync(join(tmpdir(), 'shared-data-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) put(join(folder, name), content, mtime);
  return folder;
}

/** Writes a file and creates its parent directories. */
export function put(filename: string, content: string | Uint8Array, mtime?: Date): void {
  mkdirSync(dirname(filename), { recursive: true });
  writeFileSync(filename, content);
  if (mtime !== undefined) utimesSync(filename, mtime, mtime);
}
