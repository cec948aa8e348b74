import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { format } from 'node:util';
import { CommandError, reasonOf } from './command-error';

/** The key and the certificate that HTTPS is served with, as PEM. */
export interface TlsFiles {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** @throws CommandError for files that cannot be read, or that are no key and its certificate */
export function readTls(keyFile: string, certFile: string): TlsFiles {
  const files = { key: read(keyFile), cert: read(certFile) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new CommandError(
      format('cannot use the key %O with the certificate %O: %s', keyFile, certFile, reasonOf(error)),
    );
  }
  return files;
}

function read(filename: string): Buffer {
  try {
    return readFileSync(filename);
  } catch (error) {
    throw new CommandError(format('cannot read %O: %s', filename, reasonOf(error)));
  }
}
