import { basename } from 'node:path';
import { acceptedCodings } from '../../http/accept-encoding';
import { encodedName, originalName } from '../../paths/encoded-name';
import type { ContentCoding, LoaderResult, OpenedFile, Opener, SharedRequest } from '../../types';
import { andThen, firstOf, type MaybePromise } from '../../util/maybe-promise';

/** What is asked about a stored encoding of a file below a root. */
export interface Encodings {
  /** The codings to look for, in order of preference. */
  readonly offered: readonly ContentCoding[];
  /** Whether an encoding exists, and nothing has the name of its original. */
  readonly isAlone: (encoded: string, filename: string, root: string) => MaybePromise<boolean>;
  /** The opener of a file. */
  readonly opener: (filename: string, root: string) => Opener;
}

/** The result of a loader for a file of which only an encoding is stored, or null. */
export type EncodingFinder = (
  filename: string,
  root: string,
  request: SharedRequest,
) => MaybePromise<LoaderResult | null>;

/**
 * Finds stored encodings without their original, such as `data.js.br` alone. The file exists for clients that
 * accept one of them. For all others it does not, so the next export is searched. Undefined if no codings are
 * offered.
 */
export function encodingFinder({ offered, isAlone, opener }: Encodings): EncodingFinder | undefined {
  if (offered.length === 0) return undefined;
  return (filename, root, { headers }) => {
    const name = basename(filename);
    if (originalName(name) !== null) return null;
    const accepted = acceptedCodings(headers['accept-encoding'], offered).filter(isCoding);
    return firstOf(accepted, (alone) => {
      const encoded = encodedName(filename, alone);
      return andThen(isAlone(encoded, filename, root), (isFound): LoaderResult | null => {
        if (!isFound) return null;
        const openEncoded = (coding: ContentCoding): MaybePromise<OpenedFile | null> =>
          coding === alone ? opener(encoded, root)() : null;
        return [name, opener(filename, root), Object.assign(openEncoded, { alone })];
      });
    });
  };
}

function isCoding(coding: ContentCoding | 'identity'): coding is ContentCoding {
  return coding !== 'identity';
}
