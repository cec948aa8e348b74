import { renameSync } from 'node:fs';
import { put } from '../../support/files';

/** Puts a new version in the place of a file at once, as deploys do. */
export function deploy(filename: string, content: string | Uint8Array): void {
  put(`${filename}.new`, content);
  renameSync(`${filename}.new`, filename);
}
