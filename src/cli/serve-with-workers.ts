import cluster from 'node:cluster';
import { once } from 'node:events';
import type { ServeCommand } from './arguments';
import { tellUrl } from './serve';
import type { Surroundings } from './surroundings';
import { Workers } from './workers';

/** Serves by several processes until it is to stop; SIGHUP replaces them, one after the other, without a pause. */
export async function serveWithWorkers(
  command: ServeCommand,
  { stdout, stderr, stop }: Surroundings,
): Promise<number> {
  const workers = new Workers(
    () => cluster.fork(),
    (line) => stderr.write(`shared-data: ${line}\n`),
  );
  const restart = (): void => void workers.restart();
  process.on('SIGHUP', restart);
  try {
    const port = await workers.start(command.workers);
    if (port === null) return 1;
    tellUrl(command, port, { stdout, stderr });
    if (!stop.aborted) await once(stop, 'abort');
    return 0;
  } finally {
    process.off('SIGHUP', restart);
    await workers.stop();
  }
}
