import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import type { Writable } from 'node:stream';
import { format } from 'node:util';
import type { ContentCoding } from '../../types';
import type { CompressCommand } from '../args/arguments';
import { CommandError, reasonOf, type CliContext } from '../context';
import { compressFile, type CompressedFile, type CompressSettings } from './compress-file';
import { encoders } from '../../encode/encoders';
import { deltaEncoder, type DeltaEncoder } from './delta-encoder';
import type { DeltaFile } from './deltas';
import { readOldRelease } from './old-release';
import { findTextFiles } from './text-files';

/**
 * Writes the encodings of the text files below a directory beside them. For a file that cannot be compressed,
 * it prints a message and continues.
 *
 * @returns the exit code: 1 if any file or directory failed
 * @throws CommandError if the directory cannot be read, or if `stop` aborts before all files are compressed
 */
export async function compress(
  { directory, minSize, oldReleases, quiet }: CompressCommand,
  { stdout, stderr, stop }: CliContext,
): Promise<number> {
  for (const path of [directory, ...oldReleases]) checkDirectory(path);
  useAllProcessors();
  const available = encoders();
  const makeDelta = oldReleases.length === 0 ? undefined : checkedDeltaEncoder();
  const totals = new Totals(available.map(({ coding }) => coding));
  const isStopped = (): boolean => stop.aborted;
  let failures = 0;
  let progress: Progress | undefined;

  function reportFailure(path: string, error: unknown): void {
    failures += 1;
    progress?.clear();
    stderr.write(`shared-data: ${format('cannot compress %O: %s', path, reasonOf(error))}\n`);
  }

  const files = await findTextFiles(directory, reportFailure);
  const releases = await Promise.all(oldReleases.map((path) => readOldRelease(path, reportFailure)));
  const settings: CompressSettings = {
    minSize,
    encoders: available,
    deltas: makeDelta && {
      makeDelta,
      candidates: (path, size) => releases.map((find) => find(relative(directory, path), size)),
    },
    signal: stop,
  };
  if (!quiet) progress = new Progress(stderr, files.length);
  await forEachInParallel(files, async (file) => {
    if (isStopped()) return;
    try {
      const compressed = await compressFile(file, settings);
      if (compressed !== null) totals.add(compressed);
    } catch (error) {
      if (!isStopped()) reportFailure(file.path, error);
    }
    progress?.step();
  });
  progress?.clear();
  if (isStopped()) throw new CommandError('stopped before all files were compressed');
  if (!quiet) stdout.write(totals.line());
  return failures === 0 ? 0 : 1;
}

/** @throws CommandError if Node cannot make deltas */
function checkedDeltaEncoder(): DeltaEncoder {
  const encoder = deltaEncoder();
  if (encoder !== null) return encoder;
  throw new CommandError(
    `option --dictionaries-from: expected a Node whose zstd has dictionaries, such as 22.19 or 24.6, got ${process.version}`,
  );
}

function checkDirectory(path: string): void {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    throw new CommandError(format('cannot compress %O: %s', path, reasonOf(error)));
  }
  if (!isDirectory) throw new CommandError(format('cannot compress %O: not a folder', path));
}

/** Node compresses in four threads, unless this variable is set before the first thread starts. */
function useAllProcessors(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism());
}

/** Runs a task for each item, as many at a time as there are processors. */
async function forEachInParallel<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const workers = Array.from({ length: availableParallelism() }, async () => {
    for (const item of queue) await task(item);
  });
  await Promise.all(workers);
}

/** Moves the cursor to the start of its line and erases the line (ECMA-48: EL). */
const ERASE_LINE = '\r\x1b[K';

/** A progress line on a terminal. If the stream is not a terminal, nothing is written. */
class Progress {
  readonly #stream: Writable | undefined;
  readonly #total: number;
  #done = 0;

  constructor(stream: Writable & { readonly isTTY?: boolean }, total: number) {
    this.#stream = stream.isTTY === true ? stream : undefined;
    this.#total = total;
  }

  /** Counts one more file as done. */
  step(): void {
    this.#done += 1;
    this.#stream?.write(`${ERASE_LINE}compressing: ${this.#done} of ${this.#total} files`);
  }

  /** Removes the line. */
  clear(): void {
    this.#stream?.write(ERASE_LINE);
  }
}

/** The numbers of files and bytes of a run. */
class Totals {
  #written = 0;
  #upToDate = 0;
  #before = 0;
  readonly #after: Map<ContentCoding, number>;
  readonly #deltas: DeltaFile[] = [];

  constructor(codings: readonly ContentCoding[]) {
    this.#after = new Map(codings.map((coding) => [coding, 0]));
  }

  add({ size, sizes, deltas, isNew }: CompressedFile): void {
    if (isNew) this.#written += 1;
    else this.#upToDate += 1;
    this.#before += size;
    for (const [coding, bytes] of sizes) this.#after.set(coding, (this.#after.get(coding) ?? 0) + bytes);
    this.#deltas.push(...deltas);
  }

  /** A summary in one line, including its line break. */
  line(): string {
    const after = [...this.#after].map(([coding, bytes]) => `${bytes} as ${coding}`).join(', ');
    const written = `${this.#written} ${this.#written === 1 ? 'file' : 'files'} compressed`;
    const files = `${written}, ${this.#upToDate} up to date`;
    return `${files}: ${this.#before} bytes before, after ${after}${this.#deltaText()}\n`;
  }

  #deltaText(): string {
    const count = this.#deltas.length;
    if (count === 0) return '';
    const sum = (name: 'size' | 'insteadOf') => this.#deltas.reduce((total, delta) => total + delta[name], 0);
    return `; ${count} ${count === 1 ? 'delta' : 'deltas'}: ${sum('size')} bytes instead of ${sum('insteadOf')}`;
  }
}
