import { format, types } from 'node:util';
import { acceptedCodings } from '../http/accept-encoding';
import type { ResolvedFile } from '../match/find-file';
import type { ContentCoding, OpenedFile } from '../types';
import { isNotFoundError } from '../util/fs-errors';
import { andThen, orElse, type MaybePromise } from '../util/maybe-promise';
import { checkFileHeaders } from './file-headers';

/** A file, opened in the encoding that was chosen for the client. */
export interface NegotiatedFile {
  readonly file: OpenedFile;
  /** Undefined for the file itself. */
  readonly coding: ContentCoding | undefined;
  /** Whether another client might get another encoding. */
  readonly varies: boolean;
}

/**
 * Opens a file in the encoding that the client prefers (RFC 9110 §12.1). Returns null if the file does not
 * exist, or no longer, and `'not acceptable'` if the client accepts neither the file itself nor a stored encoding.
 */
export function openNegotiated(
  { open, openEncoded, lookup }: ResolvedFile,
  offered: readonly ContentCoding[],
): MaybePromise<NegotiatedFile | 'not acceptable' | null> {
  if (offered.length === 0 || openEncoded === undefined) return negotiated(open, undefined, false);
  const accepted = acceptedCodings(lookup.request.headers['accept-encoding'], offered);
  const tryFrom = (index: number): MaybePromise<NegotiatedFile | 'not acceptable' | null> => {
    const coding = accepted[index];
    if (coding === undefined) return accepted.includes('identity') ? null : 'not acceptable';
    const file =
      coding === 'identity'
        ? negotiated(open, undefined, true)
        : negotiated(() => openEncoded(coding), coding, true);
    return andThen(file, (opened) => opened ?? tryFrom(index + 1));
  };
  return tryFrom(0);
}

function negotiated(
  open: () => MaybePromise<OpenedFile | null>,
  coding: ContentCoding | undefined,
  varies: boolean,
): MaybePromise<NegotiatedFile | null> {
  return andThen(openIfExists(open), (file) => (file === null ? null : { file, coding, varies }));
}

/** The opened file, or null if it does not exist, or no longer since the loader found it. */
function openIfExists(open: () => MaybePromise<OpenedFile | null>): MaybePromise<OpenedFile | null> {
  return orElse(
    () => andThen(open(), (file) => (file === null ? null : checkOpened(file))),
    (error) => {
      if (isNotFoundError(error)) return null;
      throw error;
    },
  );
}

function checkOpened(file: OpenedFile): OpenedFile {
  const { mtime, size, read, headers } = ((file as unknown) ?? {}) as Record<keyof OpenedFile, unknown>;
  const isTime = types.isDate(mtime) && !Number.isNaN(mtime.getTime());
  if (isTime && Number.isSafeInteger(size) && (size as number) >= 0 && typeof read === 'function') {
    if (headers !== undefined) checkFileHeaders(headers);
    return file;
  }
  throw new TypeError(format('expected an opened file with mtime, size and read, got %O', file));
}
