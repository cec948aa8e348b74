import { join } from 'node:path';
import { folderWith, put } from '../../../support/files';
import { configuration } from './configuration';
import { freePort } from '../../../support/server';
import { startServer, type ServerProcess } from './server-process';

/** nginx with a configuration of the documentation. */
export interface Nginx extends ServerProcess {
  readonly port: number;
  /** Restarts it after it was killed, with the same configuration, port and cache. */
  restart(): Promise<void>;
}

/** Starts nginx. `replacements` are for the placeholders that only some configurations have. */
export async function startNginx(
  name: 'nginx-cache.conf' | 'nginx-delegation.conf' | 'nginx-replicas.conf',
  replacements: Record<string, string>,
): Promise<Nginx> {
  const folder = folderWith();
  const port = await freePort();
  const shortName = /^nginx-(\w+)/.exec(name)?.[1] ?? '';
  const text = configuration(name, {
    '127.0.0.1:8080': `127.0.0.1:${port}`,
    [`/run/nginx-${shortName}.pid`]: join(folder, 'pid'),
    [`/var/log/nginx/${shortName}-error.log`]: 'stderr',
    ...(name === 'nginx-cache.conf' ? { '/var/cache/nginx/files': join(folder, 'cache') } : {}),
    ...replacements,
  });
  const file = join(folder, name);
  put(file, text);
  // Started as root, nginx would switch to a user without access to the temporary directories.
  const settings = `daemon off;${process.geteuid?.() === 0 ? ' user root;' : ''}`;
  const start = () => startServer('nginx', ['-e', 'stderr', '-g', settings, '-c', file], port);
  let current = await start();
  return {
    port,
    kill: () => current.kill(),
    printed: () => current.printed(),
    restart: async () => {
      current = await start();
    },
  };
}
