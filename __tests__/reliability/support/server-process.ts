import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/**
 * Starts a server for `folder` at `/s/`, in a process with a limit of descriptors.
 *
 * @returns the port that it listens on
 */
export async function serveWithDescriptors(limit: number, folder: string): Promise<number> {
  const script = join(__dirname, 'serve.ts');
  const child = spawn(
    'sh',
    [
      '-c',
      `ulimit -n ${limit} && exec "$@"`,
      'sh',
      process.execPath,
      '-r',
      require.resolve('esbuild-register'),
      script,
      folder,
    ],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  running.push(child);
  const [port] = (await once(child, 'message')) as [number];
  return port;
}
