import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { sha256 } from '../clients/support/content';
import { folderWith } from '../../support/files';
import { eventually } from '../../support/process';
import { sendRequest } from './support/client';
import { download } from './support/download';
import { startNginx } from './support/nginx';
import { freePort } from '../../support/server';
import { startServer, type ServerProcess } from './support/server-process';

const DOWNLOADS = 1000;
const CONCURRENCY = 16;

/** Bytes between interruptions. Half of the downloads are large, so each interruption affects some. */
const BYTES_BETWEEN = 150_000_000;

const KINDS = { large: 5_000_000, small: 10_000 };
const files = Object.fromEntries(
  Object.entries(KINDS).flatMap(([kind, size]) =>
    Array.from({ length: 8 }, (_, at) => [`${kind}-${at}.dat`, randomBytes(size)]),
  ),
);
const checksums = new Map(Object.entries(files).map(([name, content]) => [name, sha256(content)]));
const names = Array.from(
  { length: DOWNLOADS },
  (_, at) => `${at % 2 === 0 ? 'large' : 'small'}-${(at >> 1) % 8}.dat`,
);

/** A process that can be killed and restarted. */
interface RestartableProcess {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

/** Starts a replica with its own copies of the files, with the mtime `time`. */
async function startReplica(time: number): Promise<RestartableProcess & { readonly port: number }> {
  const folder = folderWith(files, new Date(time));
  const port = await freePort();
  const program = join(__dirname, 'support/replica.ts');
  const args = ['-r', 'esbuild-register', program, folder, String(port)];
  const start = (): Promise<ServerProcess> => startServer(process.execPath, args, port);
  let current = await start();
  return {
    port,
    kill: () => current.kill(),
    restart: async () => {
      current = await start();
    },
  };
}

/** Waits until a replica has hashed its files. Before that, large files have no ETag. */
async function waitForEtags(port: number): Promise<void> {
  for (const name of Object.keys(files)) {
    await eventually(async () => {
      expect((await sendRequest(port, 'HEAD', `/${name}`)).headers['etag']).toMatch(/^"/);
    });
  }
}

test('every download ends with the correct checksum, even if replicas and the proxy are killed', async () => {
  const replicas = [await startReplica(1e12), await startReplica(1.5e12)] as const;
  for (const { port } of replicas) await waitForEtags(port);
  const proxy = await startNginx('nginx-replicas.conf', {
    '127.0.0.1:8001': `127.0.0.1:${replicas[0].port}`,
    '127.0.0.1:8002': `127.0.0.1:${replicas[1].port}`,
  });

  let bytes = 0;
  let interruptions = 0;
  let interruption: Promise<void> = Promise.resolve();
  const received = (count: number): void => {
    bytes += count;
    if (bytes < (interruptions + 1) * BYTES_BETWEEN) return;
    const next = [...replicas, proxy][interruptions++ % 3];
    interruption = interruption.then(async () => {
      await next?.kill();
      await next?.restart();
    });
  };

  let correct = 0;
  let retried = 0;
  const queue = names.slice();
  const client = async (): Promise<void> => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
      const { content, retries } = await download(proxy.port, `/${name}`, received);
      if (sha256(content) === checksums.get(name)) correct++;
      if (retries > 0) retried++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, client));
  await interruption;

  process.stdout.write(
    `scaling: ${correct} of ${DOWNLOADS} downloads finished with the correct checksum, ` +
      `${retried} of them after a retry\n`,
  );
  expect(correct).toBe(DOWNLOADS);
  expect(interruptions).toBeGreaterThanOrEqual(15);
  expect(retried).toBeGreaterThan(0);
});
