import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Writable } from 'node:stream';
import { format } from 'node:util';
import type { ContentCoding } from '../../types';
import type { CompressCommand } from '../args/arguments';
import { CommandError, reasonOf, type CliContext } from '../context';
import { compressFile, type CompressedFile } from './compress-file';
import { encoders } from '../../encode/encoders';
import { findTextFiles } from './text-files';

/**
 * Writes the encodings of the text files below a directory beside them. For a file that cannot be compressed,
 * it prints a message and continues.
 *
 * @returns the exit code: 1 if any file or directory failed
 * @throws CommandError if the directory cannot be read, or if `stop` aborts before all files are compressed
 */
export async function compress(
  { directory, minSize, quiet }: CompressCommand,
  { stdout, stderr, stop }: CliContext,
): Promise<number> {
  checkDirectory(directory);
  useAllProcessors();
  const available = encoders();
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
  if (!quiet) progress = new Progress(stderr, files.length);
  await forEachInParallel(files, async (filename) => {
    if (isStopped()) return;
    try {
      const compressed = await compressFile(filename, minSize, available, stop);
      if (compressed !== null) totals.add(compressed);
    } catch (error) {
      if (!isStopped()) reportFailure(filename, error);
    }
    progress?.step();
  });
  progress?.clear();
  if (isStopped()) throw new CommandError('stopped before all files were compressed');
  if (!quiet) stdout.write(totals.line());
  return failures === 0 ? 0 : 1;
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

  constructor(codings: readonly ContentCoding[]) {
    this.#after = new Map(codings.map((coding) => [coding, 0]));
  }

  add({ size, sizes, isNew }: CompressedFile): void {
    if (isNew) this.#written += 1;
    else this.#upToDate += 1;
    this.#before += size;
    for (const [coding, bytes] of sizes) this.#after.set(coding, (this.#after.get(coding) ?? 0) + bytes);
  }

  /** A summary in one line, including its line break. */
  line(): string {
    const after = [...this.#after].map(([coding, bytes]) => `${bytes} as ${coding}`).join(', ');
    const written = `${this.#written} ${this.#written === 1 ? 'file' : 'files'} compressed`;
    const files = `${written}, ${this.#upToDate} up to date`;
    return `${files}: ${this.#before} bytes before, after ${after}\n`;
  }
}
