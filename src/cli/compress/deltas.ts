import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { shortHash, streamHeader } from '../../http/dictionary';
import { deltaName } from '../../paths/encoded-name';
import type { DeltaEncoder } from './delta-encoder';
import {
  isUpToDate,
  lstatIfExists,
  writeTemporary,
  type Original,
  type TemporaryFile,
} from './write-encoded';

/** A delta of a file. */
export interface DeltaFile {
  /** The length in bytes. */
  readonly size: number;
  /** The length in bytes of what is sent to clients without the dictionary. */
  readonly insteadOf: number;
  /** Whether it was written. If not, it was up to date. */
  readonly isNew: boolean;
}

/** A file of an older release that may become a dictionary. */
export interface Candidate {
  readonly path: string;
  /** Whether it has the path that the new file has in its release. */
  readonly hasSamePath: boolean;
}

/** How deltas are made. */
export interface DeltaSettings {
  readonly makeDelta: DeltaEncoder;
  /** The candidates for a file of this path and length in bytes, for each older release. */
  readonly candidates: (path: string, size: number) => readonly (readonly Candidate[])[];
}

interface Dictionary extends Candidate {
  readonly content: Buffer;
  /** The SHA-256 in hexadecimal. */
  readonly hash: string;
  /** The name of the delta that is made with it. */
  readonly target: string;
}

/**
 * Writes a delta of a file beside it for each older release: with the dictionary that makes it smallest. A delta
 * that is up to date is left alone.
 *
 * @param limit the length in bytes that a delta must be smaller than
 */
export async function writeDeltas(
  original: Original,
  limit: number,
  { makeDelta, candidates }: DeltaSettings,
  signal: AbortSignal,
): Promise<DeltaFile[]> {
  const deltas: DeltaFile[] = [];
  for (const release of candidates(original.filename, Number(original.stats.size))) {
    const dictionaries = await Promise.all(release.map((candidate) => readDictionary(candidate, original)));
    if (await isUnchanged(original, dictionaries)) continue;
    const delta = await writeDelta(original, dictionaries, limit, makeDelta, signal);
    if (delta !== null) deltas.push(delta);
  }
  return deltas;
}

/** A client that has the same content under the same URL downloads nothing. */
async function isUnchanged(
  { filename, stats }: Original,
  dictionaries: readonly Dictionary[],
): Promise<boolean> {
  const former = dictionaries.find(({ hasSamePath }) => hasSamePath);
  return former?.content.length === Number(stats.size) && former.content.equals(await readFile(filename));
}

async function writeDelta(
  original: Original,
  dictionaries: readonly Dictionary[],
  limit: number,
  makeDelta: DeltaEncoder,
  signal: AbortSignal,
): Promise<DeltaFile | null> {
  for (const { target } of dictionaries) {
    const former = await lstatIfExists(target);
    if (former?.isFile() === true && isUpToDate(former, original.stats)) {
      return { size: Number(former.size), insteadOf: limit, isNew: false };
    }
  }
  let smallest: TemporaryFile | undefined;
  try {
    for (const { content, hash, target } of dictionaries) {
      const header = streamHeader('dcz', hash);
      const delta = await writeTemporary(
        target,
        original,
        makeDelta(content, Number(original.stats.size)),
        signal,
        header,
      );
      const isSmallest = delta.size < (smallest?.size ?? limit);
      await (isSmallest ? smallest : delta)?.discard();
      if (isSmallest) smallest = delta;
    }
    await smallest?.keep();
    return smallest === undefined ? null : { size: smallest.size, insteadOf: limit, isNew: true };
  } finally {
    await smallest?.discard();
  }
}

async function readDictionary(candidate: Candidate, { filename }: Original): Promise<Dictionary> {
  const content = await readFile(candidate.path);
  const hash = createHash('sha256').update(content).digest('hex');
  return { ...candidate, content, hash, target: deltaName(filename, 'dcz', shortHash(hash)) };
}
