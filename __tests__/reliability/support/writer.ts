import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** How a file is changed repeatedly. */
export type WriteMode = 'rename with other sizes' | 'rename' | 'in place' | 'truncate' | 'delete';

/** Length in bytes of the word that fills a version. It identifies the version of any part of a body. */
export const WORD = 8;

/** Changes a file repeatedly in another process until it is stopped. */
export async function startWriter(
  mode: WriteMode,
  filename: string,
  size: number,
): Promise<{ stop: () => Promise<string> }> {
  const writer = fork(join(__dirname, 'write.mjs'), [mode, filename, String(size)]);
  await once(writer, 'message');
  return {
    /** Stops the process. Resolves with the word of the last version. */
    async stop() {
      writer.send('stop');
      const [last] = (await once(writer, 'message')) as [string];
      await once(writer, 'exit');
      return last;
    },
  };
}
