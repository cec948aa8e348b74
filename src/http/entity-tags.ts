import type { DictionaryCoding } from '../types';

const OPAQUE_TAG = /^[\x21\x23-\x7e\x80-\xff]*$/;
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;
const LISTED_TAG = /[\t ]*(?:((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")[\t ]*)?(?:,|$)/y;

/**
 * An entity tag as it is sent (RFC 9110 §8.8.3). A tag without quotes, as Werkzeug's subclasses return, gets
 * quotes.
 *
 * @throws TypeError for a text that is not an entity tag
 */
export function entityTag(text: string): string {
  if (ENTITY_TAG.test(text)) return text;
  if (OPAQUE_TAG.test(text)) return `"${text}"`;
  throw new TypeError(
    `expected an entity tag without spaces, controls or quotes inside, got ${JSON.stringify(text)}`,
  );
}

/** The tag of an encoding of a file. Two encodings must not share a tag (RFC 9110 §8.8.3.3). */
export function encodedTag(etag: string, coding: string): string {
  return `${etag.slice(0, -1)}-${coding}"`;
}

/** A delta of a file: its content coding, and the short hash of the dictionary that it is made with. */
export interface Delta {
  readonly coding: DictionaryCoding;
  readonly dictionary: string;
}

const DELTA_TAG = /-(?:(dcb)|dcz)-([\da-f]{16})"/;

/** The tag of a delta of a file. One made with another dictionary is another representation. */
export function deltaTag(etag: string, { coding, dictionary }: Delta): string {
  return encodedTag(etag, `${coding}-${dictionary}`);
}

/** The delta whose tag is the first of those in a field such as If-None-Match, or null if there is none. */
export function listedDelta(field = ''): Delta | null {
  const [, brotli, dictionary] = DELTA_TAG.exec(field) ?? [];
  return dictionary === undefined ? null : { coding: brotli === undefined ? 'dcz' : 'dcb', dictionary };
}

/** The same tag as a weak one (RFC 9110 §8.8.1). */
export function weakTag(etag: string): string {
  return etag.startsWith('W/') ? etag : `W/${etag}`;
}

/** The tags in a list such as that of If-Match. Reading stops at the first malformed element. */
export function listedTags(field: string): string[] {
  const tags: string[] = [];
  LISTED_TAG.lastIndex = 0;
  while (LISTED_TAG.lastIndex < field.length) {
    const match = LISTED_TAG.exec(field);
    if (match === null) break;
    if (match[1] !== undefined) tags.push(match[1]);
  }
  return tags;
}

/** Strong comparison (RFC 9110 §8.8.3.2): equal, and not weak. */
export function matchesStrongly(one: string, other: string | undefined): boolean {
  return one === other && !one.startsWith('W/');
}

/** Weak comparison (RFC 9110 §8.8.3.2): equal, whether weak or not. */
export function matchesWeakly(one: string, other: string): boolean {
  return opaqueTag(one) === opaqueTag(other);
}

function opaqueTag(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
