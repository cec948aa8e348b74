import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function read(name: string): string {
  return readFileSync(join(__dirname, 'tls', name), 'utf8');
}

/** A certificate for localhost that nobody has signed but itself, made for these tests alone. */
export const certificate = { key: read('key.pem'), cert: read('cert.pem') };
