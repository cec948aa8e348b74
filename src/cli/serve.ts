import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { isIPv6, type AddressInfo, type Server } from 'node:net';
import type { App } from '../app';
import { SharedDataMiddleware } from '../shared-data';
import type { ServeCommand } from './arguments';
import { CommandError, reasonOf } from './command-error';
import { CountedResponse } from './counted-response';
import { gracefulStop } from './graceful-stop';
import { listingApp } from './listing';
import { openInBrowser } from './open-in-browser';
import { logRequest } from './request-log';
import type { Surroundings } from './surroundings';

/** Serves until it is to stop, and resolves when the last answer has been sent. */
export async function serve(command: ServeCommand, surroundings: Surroundings): Promise<void> {
  const { stdout, stderr, stop, isWorker } = surroundings;
  const listener = listenerOf(command);
  const server = createServer(command, (req, res) => {
    if (!command.quiet) logRequest(req, res, (line) => stdout.write(line));
    listener(req, res);
  });
  const stopServer = gracefulStop(server);
  await listen(server, command);
  // Whoever read the lines may go away, as in `shared-data | head -1`; the files are served all the same.
  stdout.on('error', () => undefined);
  if (!isWorker) tellUrl(command, (server.address() as AddressInfo).port, { stdout, stderr });
  if (!stop.aborted) await once(stop, 'abort');
  await stopServer();
}

/** Tells where it listens. */
export function tellUrl(
  command: ServeCommand,
  port: number,
  { stdout, stderr }: Pick<Surroundings, 'stdout' | 'stderr'>,
): void {
  stdout.write(`${urlOf(command, port)}\n`);
  if (command.open) {
    openInBrowser(urlOf({ ...command, host: reachable(command.host) }, port), (line) => stderr.write(line));
  }
}

function listenerOf({ exports, options, listing }: ServeCommand): App {
  const shared = new SharedDataMiddleware(null, exports, options);
  if (listing) shared.app = listingApp(shared, exports, options);
  return shared.listener;
}

type Listener = (req: IncomingMessage, res: CountedResponse) => void;

function createServer({ tls }: ServeCommand, listener: Listener): Server {
  if (tls === undefined) return createHttpServer({ ServerResponse: CountedResponse }, listener);
  return createHttpsServer({ ...tls, ServerResponse: CountedResponse }, listener);
}

async function listen(server: Server, command: ServeCommand): Promise<void> {
  try {
    await once(server.listen(command.port, command.host), 'listening');
  } catch (error) {
    throw new CommandError(`cannot listen on ${urlOf(command, command.port)}: ${reasonOf(error)}`);
  }
}

function urlOf({ tls, host }: Pick<ServeCommand, 'tls' | 'host'>, port: number): string {
  return `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
}

/** The addresses that stand for all of the machine are none that a browser on Windows or macOS can ask. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}
