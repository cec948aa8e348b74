import type { SharedDataMiddleware, SharedDataOptions } from '../../../../../src/index';
import { sendRequest, type ClientResponse } from '../../../frameworks/support/client';
import { frameworks, type FrontEnd, type ListeningServer } from '../../../frameworks/support/frameworks';

/** The option that serves a file by every name that its file system knows. */
export const ANY_NAMES: SharedDataOptions = { names: 'any' };

const servers: ListeningServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** Sends a GET request for a path below `/s`, which need not be escaped. */
export type Get = (path: string, headers?: Record<string, string>) => Promise<ClientResponse>;

/** Starts a server, which is stopped after the test. */
export async function start(frontEnd: FrontEnd, shared: SharedDataMiddleware): Promise<Get> {
  const framework = frameworks[frontEnd];
  if (framework === undefined) throw new Error(`expected a framework, got ${frontEnd}`);
  const server = await framework.start(shared);
  servers.push(server);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return (path, headers = {}) =>
    sendRequest(framework.protocol, address.port, `/s/${escapePath(path)}`, { headers });
}

/** The canonical target of a path: a colon and a tilde are not escaped. */
export function escapePath(path: string): string {
  return encodeURI(path).replace(/[?#]/g, encodeURIComponent);
}

/** Whether the application responded. */
export function isFromApp({ status, body }: ClientResponse): boolean {
  return status === 404 && body.toString() === 'APP\n';
}
