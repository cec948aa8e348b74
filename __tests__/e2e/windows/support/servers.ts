import { join } from 'node:path';
import type { SharedDataOptions } from '../../../../src/index';
import { folderWith, put } from '../../../support/files';
import { sendRequest } from '../../frameworks/support/client';
import { escapePath, type Get } from '../../file-systems/names/support/servers';
import type { FrontEnd } from '../../frameworks/support/frameworks';
import { onWindows, startOnWindows, type WindowsProcess } from './wine';

/** A server that `server.mjs` starts. */
export interface Entry {
  readonly frontEnd: FrontEnd;
  readonly exports: Record<string, string | readonly [string, string]>;
  readonly options?: SharedDataOptions;
  /** Whether `isAllowed` is overridden: it denies the files that the policy of the same name denies. */
  readonly withoutMaps?: boolean;
}

/** Servers in one process. */
export interface WindowsServers extends WindowsProcess {
  /** The port of each entry. */
  readonly ports: readonly number[];
}

/** Starts a server for each entry, in one process. They are stopped after the tests. */
export async function startServers(entries: readonly Entry[], cwd: string): Promise<WindowsServers> {
  const file = join(folderWith(), 'entries.json');
  const plain = (_key: string, value: unknown): unknown => (value instanceof RegExp ? value.source : value);
  put(file, JSON.stringify(entries, plain));
  const started = await startOnWindows('__tests__/e2e/windows/support/server.mjs', [onWindows(file)], cwd);
  const ports = JSON.parse(started.firstLine) as (number | string)[];
  return {
    ...started,
    ports: ports.map((port) => {
      if (typeof port === 'string') throw new Error(port);
      return port;
    }),
  };
}

/** Sends GET requests for paths below `/s`, which need not be escaped. */
export function getter(port: number | undefined, frontEnd?: FrontEnd): Get {
  if (port === undefined) throw new Error('expected a server');
  const protocol = frontEnd === 'node:http2' ? 'h2' : 'http';
  return (path, headers = {}) => sendRequest(protocol, port, `/s/${escapePath(path)}`, { headers });
}
