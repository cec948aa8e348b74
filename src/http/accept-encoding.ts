import { DICTIONARY_CODINGS, type ContentCoding, type DictionaryCoding } from '../types';
import { lazyRequire } from '../util/lazy-require';
import { memoize } from '../util/memoize';

/** Loaded with the first negotiation: most applications have no encodings. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at the start
const negotiator = lazyRequire(() => require('negotiator') as NegotiatorModule);

/** Matches a field that refuses the unencoded file, by name or by `*`. A malformed weight refuses nothing. */
const REFUSES_IDENTITY = /(?:^|,)\s*(?:identity|\*)\s*;\s*q=0(?:\.0{0,3})?\s*(?:,|$)/i;

/** The codings that a client accepts, most preferred first. `identity` is no coding. */
export type AcceptedCodings = readonly (ContentCoding | 'identity')[];

const ONLY_IDENTITY: readonly 'identity'[] = ['identity'];

/**
 * Longer fields count as missing. The field is read once for each file that may have encodings, and reading 16 KB takes
 * more than a millisecond.
 */
const MAX_READ_LENGTH = 1000;

const readers = new WeakMap<readonly ContentCoding[], (acceptEncoding: string) => AcceptedCodings>();

/**
 * The codings that a client accepts, most preferred first, among those on offer and `identity`, which is no
 * coding (RFC 9110 §12.5.3). `offered` is in the server's order of preference. A client without the field
 * accepts any coding, but may understand none.
 *
 * Reading a field takes some microseconds, so results are kept for each list `offered`, which must not change.
 */
export function acceptedCodings(
  acceptEncoding: string | undefined,
  offered: readonly ContentCoding[],
): AcceptedCodings {
  if (acceptEncoding === undefined || acceptEncoding.length > MAX_READ_LENGTH) return ONLY_IDENTITY;
  const known = readers.get(offered);
  if (known !== undefined) return known(acceptEncoding);
  const read = memoize((field) => readAccepted(field, offered));
  readers.set(offered, read);
  return read(acceptEncoding);
}

function readAccepted<T extends ContentCoding | DictionaryCoding>(
  acceptEncoding: string,
  offered: readonly T[],
): readonly (T | 'identity')[] {
  const available = [...offered, 'identity' as const];
  const headers = { 'accept-encoding': acceptEncoding.replace(/\bx-gzip\b/gi, 'gzip') };
  const { Negotiator } = negotiator();
  const accepted = new Negotiator({ headers }).encodings(available, { preferred: available });
  return accepted.length === 0 && !REFUSES_IDENTITY.test(acceptEncoding) ? ONLY_IDENTITY : accepted;
}

/**
 * The codings with a dictionary that a client accepts, most preferred first. `*` stands for none of them: a client
 * that can use its dictionary names the coding (RFC 9842 §6.1).
 */
export function acceptedDictionaryCodings(acceptEncoding = ''): DictionaryCoding[] {
  if (acceptEncoding.length > MAX_READ_LENGTH) return [];
  const names = acceptEncoding.split(',').map((element) => element.split(';', 1).join().trim().toLowerCase());
  const named = DICTIONARY_CODINGS.filter((coding) => names.includes(coding));
  if (named.length === 0) return [];
  return readAccepted(acceptEncoding, named).filter((coding) => coding !== 'identity');
}

/** The part of `negotiator` that is used. Its type declarations lack the server's preference among equals. */
interface NegotiatorModule {
  readonly Negotiator: new (request: { readonly headers: Readonly<Record<string, string>> }) => {
    encodings<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T[];
  };
}
