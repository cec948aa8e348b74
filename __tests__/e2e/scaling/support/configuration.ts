import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../../support/root';

const FOLDER = join(PROJECT, 'docs/scaling');

/**
 * Reads a configuration of the documentation and replaces its placeholders.
 *
 * @throws Error if a placeholder does not occur, which would otherwise go unnoticed
 */
export function configuration(name: string, replacements: Record<string, string>): string {
  let text = readFileSync(join(FOLDER, name), 'utf8');
  for (const [placeholder, value] of Object.entries(replacements)) {
    if (!text.includes(placeholder)) throw new Error(`${name} has no ${placeholder}`);
    text = text.replaceAll(placeholder, value);
  }
  return text;
}
