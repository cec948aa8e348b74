import { join } from 'node:path';
import { folderWith, put } from '../../../support/files';
import { configuration } from './configuration';
import { freePort } from '../../../support/server';
import { startServer, type ServerProcess } from './server-process';

/** Starts Varnish with the configuration of the documentation, in front of the origin on a port. */
export async function startVarnish(
  originPort: number,
  replacements: Record<string, string> = {},
): Promise<ServerProcess & { readonly port: number }> {
  const folder = folderWith();
  const port = await freePort();
  const file = join(folder, 'varnish.vcl');
  put(file, configuration('varnish.vcl', { '.port = "8000"': `.port = "${originPort}"`, ...replacements }));
  const args = ['-F', '-j', 'none', '-n', join(folder, 'state'), '-f', file];
  args.push('-a', `127.0.0.1:${port}`, '-s', 'malloc,128m', '-p', 'http_gzip_support=off');
  return { port, ...(await startServer('varnishd', args, port)) };
}
