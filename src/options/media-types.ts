import { extname } from 'node:path';
import { format, types } from 'node:util';
import type { SharedFile } from '../types';

/** Media types by extension, or a function that returns the media type of a file. */
export type MimeTypes = Readonly<Record<`.${string}`, string>> | ((file: SharedFile) => string | undefined);

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:;[\t\x20-\x7e]*)?$/;

/** What is matched with the last dot of a name and what follows it. */
const EXTENSION = /^\.[^./\\\0]+$/;

/** What an error says about a value that is not a media type. */
export const EXPECTED_MEDIA_TYPE = "a media type such as 'text/plain'";

/** Whether a value is a media type, which may have parameters. */
export function isMediaType(value: unknown): value is string {
  return typeof value === 'string' && MEDIA_TYPE.test(value);
}

/** Whether a value is one of the option `mimeTypes`. */
export function isMimeTypes(value: unknown): value is MimeTypes {
  if (typeof value === 'function') return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value) || types.isMap(value)) return false;
  return Object.entries(value).every(([extension, type]) => EXTENSION.test(extension) && isMediaType(type));
}

/**
 * The option `mimeTypes` as a function, which returns undefined for a file that it has no type for. Undefined
 * without the option.
 */
export function mediaTypeLookup(
  mimeTypes: MimeTypes | undefined,
): ((file: SharedFile) => string | undefined) | undefined {
  if (mimeTypes === undefined) return undefined;
  if (typeof mimeTypes === 'function') return (file) => checkType(mimeTypes(file), file);
  const byExtension = new Map<string, string>();
  for (const [extension, type] of Object.entries(mimeTypes)) byExtension.set(extension.toLowerCase(), type);
  return ({ filename }) => byExtension.get(extname(filename).toLowerCase());
}

/** @throws TypeError if a function of the option has returned something else than a media type */
function checkType(type: unknown, { filename }: SharedFile): string | undefined {
  if (type === undefined || type === null) return undefined;
  if (isMediaType(type)) return type;
  throw new TypeError(
    format("option 'mimeTypes': expected %s for '%s', got %O", EXPECTED_MEDIA_TYPE, filename, type),
  );
}
