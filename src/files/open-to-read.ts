import { constants, openSync } from 'node:fs';

/** `O_NONBLOCK`: opening a FIFO that nobody writes to would wait for ever. Windows has neither. */
const READ_ONLY = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** The descriptor of what a name leads to, opened at once, whatever has come in the place of a file. */
export function openToRead(filename: string): number {
  return openSync(filename, READ_ONLY);
}
