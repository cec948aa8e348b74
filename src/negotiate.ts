import type { OpenedFile } from './files/opened-file';
import type { Found } from './find';
import { acceptedCodings, type ContentCoding } from './http/content-coding';
import { openIfThere } from './loaders/checks';
import { andThen, type MaybePromise } from './maybe-promise';

/** A file, opened in the content coding that was chosen for a client. */
export interface Opened {
  readonly file: OpenedFile;
  /** Undefined for the file as it is. */
  readonly coding: ContentCoding | undefined;
  /** Whether another client might have got another coding. */
  readonly varies: boolean;
}

/**
 * Opens a file in the coding that the client wants most among those on offer (RFC 9110 §12.1). Null where the file
 * has gone; `'not acceptable'` where the client wants neither the file as it is nor a coding of it that is stored.
 */
export function openNegotiated(
  { open, openCoded, lookup }: Found,
  offered: readonly ContentCoding[],
): MaybePromise<Opened | 'not acceptable' | null> {
  if (offered.length === 0 || openCoded === undefined) return opened(open, undefined, false);
  const accepted = acceptedCodings(lookup.request.headers['accept-encoding'], offered);
  const tryFrom = (at: number): MaybePromise<Opened | 'not acceptable' | null> => {
    const coding = accepted[at];
    if (coding === undefined) return 'not acceptable';
    if (coding === 'identity') return opened(open, undefined, true);
    return andThen(
      opened(() => openCoded(coding), coding, true),
      (file) => file ?? tryFrom(at + 1),
    );
  };
  return tryFrom(0);
}

function opened(
  open: () => MaybePromise<OpenedFile | null>,
  coding: ContentCoding | undefined,
  varies: boolean,
): MaybePromise<Opened | null> {
  return andThen(openIfThere(open), (file) => (file === null ? null : { file, coding, varies }));
}
