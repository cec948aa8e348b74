import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { format } from 'node:util';
import { CommandError, reasonOf } from './command-error';
import type { CompressCommand } from './compress/arguments';
import { compressFile } from './compress/compress-file';
import { encoders } from './compress/encoders';
import { Progress } from './compress/progress';
import { textFiles } from './compress/text-files';
import { Totals } from './compress/totals';
import type { Surroundings } from './surroundings';

/**
 * Writes the text files below a folder in all codings beside them. A file that cannot be compressed is told of, and
 * the others go on. Resolves with the exit code.
 */
export async function compress(
  { folder, minSize, quiet }: CompressCommand,
  { stdout, stderr, stop }: Surroundings,
): Promise<number> {
  checkFolder(folder);
  useAllProcessors();
  const known = encoders();
  const totals = new Totals(known.map(({ coding }) => coding));
  const isStopped = (): boolean => stop.aborted;
  let failures = 0;
  let progress: Progress | undefined;

  function tell(place: string, error: unknown): void {
    failures += 1;
    progress?.clear();
    stderr.write(`shared-data: ${format('cannot compress %O: %s', place, reasonOf(error))}\n`);
  }

  const files = await textFiles(folder, tell);
  if (!quiet) progress = new Progress(stderr, files.length);
  await inParallel(files, async (filename) => {
    if (isStopped()) return;
    try {
      const compressed = await compressFile(filename, minSize, known, stop);
      if (compressed !== null) totals.add(compressed);
    } catch (error) {
      if (!isStopped()) tell(filename, error);
    }
    progress?.step();
  });
  progress?.clear();
  if (isStopped()) throw new CommandError('stopped before all files were compressed');
  if (!quiet) stdout.write(totals.line());
  return failures === 0 ? 0 : 1;
}

function checkFolder(folder: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (error) {
    throw new CommandError(format('cannot compress %O: %s', folder, reasonOf(error)));
  }
  if (!isFolder) throw new CommandError(format('cannot compress %O: not a folder', folder));
}

/** Node compresses in four threads, unless this is set before the first of them is needed. */
function useAllProcessors(): void {
  process.env['UV_THREADPOOL_SIZE'] ??= String(availableParallelism());
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const lanes = Array.from({ length: availableParallelism() }, async () => {
    for (const item of rest) await work(item);
  });
  await Promise.all(lanes);
}
