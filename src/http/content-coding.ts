import Negotiator from 'negotiator';

/** A content coding that a file may be stored in beside its original (RFC 9110 §8.4.1, RFC 8878). */
export type ContentCoding = 'br' | 'zstd' | 'gzip';

const EXTENSIONS: Readonly<Record<ContentCoding, string>> = { br: '.br', zstd: '.zst', gzip: '.gz' };

/** All of them, the smallest results first. */
export const CODINGS: readonly ContentCoding[] = ['br', 'zstd', 'gzip'];

/** What is added to a file's name for its stored coding. */
export function extensionOf(coding: ContentCoding): string {
  return EXTENSIONS[coding];
}

/** The name of the original, or null for a name that is not that of a coded file. */
export function originalName(filename: string): string | null {
  const coding = CODINGS.find(
    (one) => filename.endsWith(EXTENSIONS[one]) && filename.length > EXTENSIONS[one].length,
  );
  return coding === undefined ? null : filename.slice(0, -EXTENSIONS[coding].length);
}

/** Whether the file as it is was refused, by name or with all the rest; a weight that is none refuses nothing. */
const REFUSES_IDENTITY = /(?:^|,)\s*(?:identity|\*)\s*;\s*q=0(?:\.0{0,3})?\s*(?:,|$)/i;

/**
 * The codings that a client accepts, the most wanted first, among those on offer in order of preference and
 * `identity`, which is no coding (RFC 9110 §12.5.3). Without the field a client accepts any, but may know none.
 */
export function acceptedCodings(
  acceptEncoding: string | undefined,
  offered: readonly ContentCoding[],
): (ContentCoding | 'identity')[] {
  if (acceptEncoding === undefined) return ['identity'];
  const available = [...offered, 'identity' as const];
  const headers = { 'accept-encoding': acceptEncoding.replace(/\bx-gzip\b/gi, 'gzip') };
  const negotiator: unknown = new Negotiator({ headers });
  const accepted = (negotiator as PreferringNegotiator).encodings(available, { preferred: available });
  return accepted.length === 0 && !REFUSES_IDENTITY.test(acceptEncoding) ? ['identity'] : accepted;
}

/** What its type declarations do not know yet: among codings that a client wants alike, ours to choose. */
interface PreferringNegotiator {
  encodings<T extends string>(available: readonly T[], options: { preferred: readonly T[] }): T[];
}
