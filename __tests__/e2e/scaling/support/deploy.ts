import { renameSync } from 'node:fs';
import { put } from '../../../support/files';

/** Replaces a file atomically by a new version, as a deployment does. */
export function deploy(filename: string, content: string | Uint8Array): void {
  put(`${filename}.new`, content);
  renameSync(`${filename}.new`, filename);
}
