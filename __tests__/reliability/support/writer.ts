import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** How a file is written again and again. */
export type WayToWrite = 'rename with other sizes' | 'rename' | 'in place' | 'truncate' | 'delete';

/** Bytes of the word that a version's content consists of, which tells of every piece of it whose it is. */
export const WORD = 8;

/** Writes a file again and again from another process, until it is stopped. */
export async function startWriter(
  way: WayToWrite,
  filename: string,
  size: number,
): Promise<{ stop: () => Promise<string> }> {
  const writer = fork(join(__dirname, 'write.mjs'), [way, filename, String(size)]);
  await once(writer, 'message');
  return {
    /** Resolves with the word of the last version. */
    async stop() {
      writer.send('stop');
      const [last] = (await once(writer, 'message')) as [string];
      await once(writer, 'exit');
      return last;
    },
  };
}
