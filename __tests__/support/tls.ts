import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function read(name: string): string {
  return readFileSync(join(__dirname, 'tls', name), 'utf8');
}

/** A self-signed certificate for localhost, for tests only. */
export const certificate = { key: read('key.pem'), cert: read('cert.pem') };
