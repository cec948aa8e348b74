import type NegotiatorClass from 'negotiator';
import type { ContentCoding } from '../types';
import { lazyRequire } from '../util/lazy-require';

/** Loaded with the first negotiation: most applications have no stored encodings. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at the start
const negotiatorClass = lazyRequire(() => require('negotiator') as typeof NegotiatorClass);

/** Matches a field that refuses the unencoded file, by name or by `*`. A malformed weight refuses nothing. */
const REFUSES_IDENTITY = /(?:^|,)\s*(?:identity|\*)\s*;\s*q=0(?:\.0{0,3})?\s*(?:,|$)/i;

/**
 * The codings that a client accepts, most preferred first, among those on offer and `identity`, which is no
 * coding (RFC 9110 §12.5.3). `offered` is in the server's order of preference. A client without the field
 * accepts any coding, but may understand none.
 */
export function acceptedCodings(
  acceptEncoding: string | undefined,
  offered: readonly ContentCoding[],
): (ContentCoding | 'identity')[] {
  if (acceptEncoding === undefined) return ['identity'];
  const available = [...offered, 'identity' as const];
  const headers = { 'accept-encoding': acceptEncoding.replace(/\bx-gzip\b/gi, 'gzip') };
  const negotiator: unknown = new (negotiatorClass())({ headers });
  const accepted = (negotiator as PreferringNegotiator).encodings(available, { preferred: available });
  return accepted.length === 0 && !REFUSES_IDENTITY.test(acceptEncoding) ? ['identity'] : accepted;
}

/**
 * An overload that the type declarations of `negotiator` lack: the server's preference decides among equals.
 */
interface PreferringNegotiator {
  encodings<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T[];
}
