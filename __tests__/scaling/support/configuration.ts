import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(__dirname, '../../../docs/scaling');

/** A configuration of the documentation, with its placeholders replaced. One that is not in it would go unnoticed. */
export function configuration(name: string, replacements: Record<string, string>): string {
  let text = readFileSync(join(FOLDER, name), 'utf8');
  for (const [placeholder, value] of Object.entries(replacements)) {
    if (!text.includes(placeholder)) throw new Error(`${name} has no ${placeholder}`);
    text = text.replaceAll(placeholder, value);
  }
  return text;
}
