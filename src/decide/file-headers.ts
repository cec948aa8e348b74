import { format } from 'node:util';
import type { FileHeaders } from '../types';

const NAMES: Readonly<Record<keyof FileHeaders, true>> = {
  'cache-control': true,
  'content-disposition': true,
  'content-encoding': true,
  'content-type': true,
};

/** What Node accepts as a field value: no control characters, which could end the field (RFC 9110 §5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;

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
    const isValid = value === undefined || (typeof value === 'string' && FIELD_VALUE.test(value));
    if (Object.hasOwn(NAMES, name) && isValid) continue;
    const expected = Object.keys(NAMES).join(', ');
    throw new TypeError(
      format('headers of an opened file: expected field values for %s, got %s: %O', expected, name, value),
    );
  }
}
