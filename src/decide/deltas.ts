import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { acceptedDictionaryCodings } from '../http/accept-encoding';
import { availableDictionary, isReadable, shortHash, streamHeader } from '../http/dictionary';
import { listedDelta, type Delta } from '../http/entity-tags';
import { readRange } from '../load/files/read';
import type { ResolvedFile } from '../match/find-file';
import type { DictionaryCoding, OpenedFile } from '../types';
import { andThen, firstOf, type MaybePromise } from '../util/maybe-promise';
import { closeOnError, closeQuietly } from '../util/resource';
import { openIfReadable, type NegotiatedFile } from './negotiate';

/**
 * Opens the delta of a file that is made with the dictionary of the client, or returns null if there is none, if
 * the client does not accept it, or if the size of the response must not depend on the dictionary.
 */
export function openDelta(resolved: ResolvedFile): MaybePromise<NegotiatedFile | null> {
  const { request } = resolved.lookup;
  const hash = availableDictionary(request.headers['available-dictionary']);
  if (hash === null || !isReadable(request)) return null;
  const accepted = acceptedDictionaryCodings(request.headers['accept-encoding']);
  return firstOf(accepted, (coding) =>
    andThen(openNamed(resolved, { coding, dictionary: shortHash(hash) }), (negotiated) =>
      negotiated === null ? null : ifMadeWith(hash, negotiated, coding),
    ),
  );
}

/**
 * Opens the delta that If-None-Match names, or returns null if there is none. The client, which has made the
 * current version of it, now has this version as its dictionary, and would get another representation.
 */
export function openListedDelta(resolved: ResolvedFile): MaybePromise<NegotiatedFile | null> {
  const delta = listedDelta(resolved.lookup.request.headers['if-none-match']);
  return delta === null ? null : openNamed(resolved, delta);
}

function openNamed({ openDelta: open }: ResolvedFile, delta: Delta): MaybePromise<NegotiatedFile | null> {
  if (open === undefined) return null;
  const { coding, dictionary } = delta;
  return andThen(
    openIfReadable(() => open(coding, dictionary)),
    (file) => file && { file, coding, delta, hasDeltas: true, varies: true, isMade: false },
  );
}

/** The name of a delta has a part of the hash only. A client cannot use one that is made with another dictionary. */
function ifMadeWith(
  hash: string,
  negotiated: NegotiatedFile,
  coding: DictionaryCoding,
): MaybePromise<NegotiatedFile | null> {
  const { file } = negotiated;
  return closeOnError(file, () =>
    andThen(startsWith(file, streamHeader(coding, hash)), (isMadeWith) => {
      if (isMadeWith) return negotiated;
      closeQuietly(file);
      return null;
    }),
  );
}

function startsWith(file: OpenedFile, start: Buffer): MaybePromise<boolean> {
  if (file.size < start.length) return false;
  const bytes = andThen(readRange(file, 0, start.length - 1), (read) =>
    read instanceof Readable ? buffer(read) : read,
  );
  return andThen(bytes, (content) => start.equals(content));
}
