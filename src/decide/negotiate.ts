import { format, types } from 'node:util';
import { acceptedCodings } from '../http/accept-encoding';
import type { Compressor } from '../encode/compressor';
import type { Encodings } from '../encode/encodings';
import type { ResolvedFile } from '../match/find-file';
import type { CheckedOptions } from '../options/options';
import type { Delta } from '../http/entity-tags';
import type { ContentCoding, DictionaryCoding, EncodedOpener, OpenedFile, SharedRequest } from '../types';
import { isForbiddenError, isNotFoundError } from '../util/fs-errors';
import { andThen, firstOf, orElse, type MaybePromise } from '../util/maybe-promise';
import { closeQuietly } from '../util/resource';
import { checkFileHeaders } from './file-headers';
import type { Hooks } from './hooks';

/** A file, opened in the encoding that was chosen for the client. */
export interface NegotiatedFile {
  readonly file: OpenedFile;
  /** Undefined for the file itself. */
  readonly coding: ContentCoding | DictionaryCoding | undefined;
  /** Which delta of the file was opened, if it is one. */
  readonly delta?: Delta;
  /** Whether a client with another dictionary might get a delta (RFC 9842 §6.2). */
  readonly hasDeltas?: boolean;
  /** Whether another client might get another encoding. */
  readonly varies: boolean;
  /** Whether the encodings of the file are made while it is served, so that the next response may have another. */
  readonly isMade: boolean;
}

/** What encodings there may be. */
export interface Negotiation {
  /** The codings of stored encodings, in order of preference. */
  readonly precompressed: readonly ContentCoding[];
  /** Makes encodings while files are served. Undefined if none are made. */
  readonly compressor: Compressor | undefined;
  readonly hooks: Pick<Hooks, 'fallbackMimetype'>;
  /** What the option `mimeTypes` says. */
  readonly mediaTypeOf: CheckedOptions['mediaTypeOf'];
}

/** What the stored encodings have left over: whether the client accepts the file itself, and whether it has others. */
interface Remainder {
  readonly isAcceptable: boolean;
  readonly varies: boolean;
}

const WITHOUT_STORED: Remainder = { isAcceptable: true, varies: false };
const WITH_STORED: Remainder = { isAcceptable: true, varies: true };
const REFUSED: Remainder = { isAcceptable: false, varies: true };

type Negotiated = NegotiatedFile | 'not acceptable' | null;

/**
 * Opens a file in the encoding that the client prefers (RFC 9110 §12.1): a stored one, else one that was made, else
 * the file itself. Returns null if it does not exist, or no longer, and `'not acceptable'` if the client accepts neither
 * the file itself nor an encoding.
 */
export function openNegotiated(resolved: ResolvedFile, negotiation: Negotiation): MaybePromise<Negotiated> {
  const { openEncoded, lookup } = resolved;
  const { precompressed } = negotiation;
  if (precompressed.length === 0 || openEncoded === undefined) {
    return openOriginal(resolved, negotiation, WITHOUT_STORED);
  }
  const accepted = acceptedCodings(lookup.request.headers['accept-encoding'], precompressed);
  const preferred = firstOf(accepted, (coding) =>
    coding === 'identity'
      ? openOriginal(resolved, negotiation, WITH_STORED)
      : openStored(openEncoded, coding),
  );
  if (accepted.includes('identity')) return preferred;
  return andThen(preferred, (opened) => {
    if (opened !== null) return opened;
    const original = openOriginal(resolved, negotiation, REFUSED);
    return andThen(original, (file) => file ?? 'not acceptable');
  });
}

function openStored(openEncoded: EncodedOpener, coding: ContentCoding): MaybePromise<NegotiatedFile | null> {
  const open = (): MaybePromise<OpenedFile | null> => openEncoded(coding);
  const opened = openEncoded.alone === undefined ? openIfReadable(open) : openIfExists(open);
  return andThen(opened, (file) => file && { file, coding, varies: true, isMade: false });
}

/** Opens the file itself, for which no stored encoding was found, and selects an encoding that was made of it. */
function openOriginal(
  { filename, open, lookup }: ResolvedFile,
  { compressor, hooks, mediaTypeOf }: Negotiation,
  { isAcceptable, varies }: Remainder,
): MaybePromise<Negotiated> {
  if (compressor === undefined && !isAcceptable) return 'not acceptable';
  return andThen(openIfExists(open), (file) => {
    if (file === null) return null;
    if (compressor?.mayEncode(file)) {
      const { path, request } = lookup;
      const mediaType = mediaTypeOf?.({ filename, path, mtime: file.mtime, size: file.size });
      const { fallbackMimetype } = hooks;
      const encodings = compressor.encodingsOf(file, { filename, fallbackMimetype, mediaType });
      if (encodings !== null) return selectMade(file, encodings, compressor, request);
    }
    if (isAcceptable) return { file, coding: undefined, varies, isMade: false };
    closeQuietly(file);
    return 'not acceptable';
  });
}

/** A client that refuses the file itself waits for an encoding. */
function selectMade(
  file: OpenedFile,
  encodings: Encodings,
  compressor: Compressor,
  request: SharedRequest,
): MaybePromise<Negotiated> {
  const accepted = acceptedCodings(request.headers['accept-encoding'], compressor.codings);
  const select = (): NegotiatedFile | null => {
    const made = compressor.choose(encodings, accepted, request);
    return made && { file: made.file, coding: made.coding, varies: true, isMade: true };
  };
  const made = select();
  if (made !== null) return made;
  if (accepted.includes('identity')) return { file, coding: undefined, varies: true, isMade: true };
  return compressor.whenMade(encodings, accepted).then(() => select() ?? 'not acceptable');
}

/**
 * An opened encoding or delta, or null if it does not exist or may not be read. A wrong mode of it must not deny the
 * file, for some clients only.
 */
export function openIfReadable(open: () => MaybePromise<OpenedFile | null>): MaybePromise<OpenedFile | null> {
  return orElse(
    () => openIfExists(open),
    (error) => {
      if (isForbiddenError(error)) return null;
      throw error;
    },
  );
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
