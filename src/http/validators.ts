const OPAQUE_TAG = /^[\x21\x23-\x7e\x80-\xff]*$/;
const ENTITY_TAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/;

/** An entity tag as it is sent (RFC 9110 §8.8.3): quotes are added to a bare one, such as Werkzeug's subclasses return. */
export function entityTag(text: string): string {
  if (ENTITY_TAG.test(text)) return text;
  if (OPAQUE_TAG.test(text)) return `"${text}"`;
  throw new TypeError(
    `expected an entity tag without spaces, controls or quotes inside, got ${JSON.stringify(text)}`,
  );
}
