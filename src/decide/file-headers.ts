import { format } from 'node:util';
import { FIELD_VALUE } from '../http/header-fields';
import type { FileHeaders } from '../types';

const NAMES: Readonly<Record<keyof FileHeaders, true>> = {
  'cache-control': true,
  'content-disposition': true,
  'content-encoding': true,
  'content-type': true,
};

/**
 * Checks the header fields of an opened file.
 *
 * @throws TypeError for another field or an invalid value. The message names it.
 */
export function checkFileHeaders(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null) {
    throw new TypeError(format('expected the headers of an opened file as an object, got %O', headers));
  }
  for (const [name, value] of Object.entries(headers)) {
    const isValid =
      value === undefined || (typeof value === 'string' && value !== '' && FIELD_VALUE.test(value));
    if (Object.hasOwn(NAMES, name) && isValid) continue;
    const expected = Object.keys(NAMES).join(', ');
    throw new TypeError(
      format('headers of an opened file: expected field values for %s, got %s: %O', expected, name, value),
    );
  }
}
