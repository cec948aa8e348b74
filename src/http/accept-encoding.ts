import type { ContentCoding } from '../types';
import { lazyRequire } from '../util/lazy-require';

/** Loaded with the first negotiation: most applications have no stored encodings. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load it at the start
const negotiator = lazyRequire(() => require('negotiator') as NegotiatorModule);

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
  const { Negotiator } = negotiator();
  const accepted = new Negotiator({ headers }).encodings(available, { preferred: available });
  return accepted.length === 0 && !REFUSES_IDENTITY.test(acceptEncoding) ? ['identity'] : accepted;
}

/** The part of `negotiator` that is used. Its type declarations lack the server's preference among equals. */
interface NegotiatorModule {
  readonly Negotiator: new (request: { readonly headers: Readonly<Record<string, string>> }) => {
    encodings<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T[];
  };
}
