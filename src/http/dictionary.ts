import type { DictionaryCoding, SharedRequest } from '../types';

/** A byte sequence of 32 bytes (RFC 9651 §3.3.5). The `=` at the end may be missing (§4.2.7). */
const AVAILABLE_DICTIONARY = /^ *:([A-Za-z\d+/]{43})=?: *$/;

/** The first bytes of a stream, by which it is told from others (RFC 9842 §4, §5). */
const MAGIC: Readonly<Record<DictionaryCoding, string>> = { dcb: 'ff444342', dcz: '5e2a4d1820000000' };

/** How many hexadecimal digits of its SHA-256 name a dictionary in names of files and in ETags. */
const SHORT_LENGTH = 16;

/**
 * The SHA-256 of the dictionary that a client has, in hexadecimal, or null if it has none (RFC 9842 §2.2). A field
 * that is malformed or repeated counts as none.
 */
export function availableDictionary(field: string | readonly string[] | undefined): string | null {
  const base64 = AVAILABLE_DICTIONARY.exec(String(field))?.[1];
  return base64 === undefined ? null : Buffer.from(base64, 'base64').toString('hex');
}

/** The part of a SHA-256 in hexadecimal that is in the name of a delta. */
export function shortHash(hash: string): string {
  return hash.slice(0, SHORT_LENGTH);
}

/** The header of a stream that is made with a dictionary (RFC 9842 §4, §5). `hash` is in hexadecimal. */
export function streamHeader(coding: DictionaryCoding, hash: string): Buffer {
  return Buffer.from(MAGIC[coding] + hash, 'hex');
}

/**
 * Whether the size of the response tells the page that caused the request nothing that it could not read (RFC 9842
 * §9.3.3): the page is of the same origin, or the browser lets it read the response only if CORS allows it. Clients
 * that are not browsers send no such fields.
 */
export function isReadable({ headers }: SharedRequest): boolean {
  const { 'sec-fetch-site': site, 'sec-fetch-mode': mode, origin } = headers;
  if (site === undefined || site === 'same-origin' || mode === undefined) return true;
  return mode === 'navigate' || mode === 'same-origin' || (mode === 'cors' && origin !== undefined);
}
