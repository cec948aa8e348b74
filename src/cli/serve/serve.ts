import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { isIPv6, type AddressInfo } from 'node:net';
import { SharedDataMiddleware } from '../../middleware';
import { send } from '../../send/send';
import type { App } from '../../types';
import type { ServeCommand } from '../args/arguments';
import { CommandError, reasonOf, type CliContext } from '../context';
import { gracefulStop, type HttpServer } from './graceful-stop';
import { createHostCheck } from './host-check';
import { CountedResponse, logRequest } from './request-log';

/**
 * Serves until `stop` aborts.
 *
 * @returns a promise that resolves when the last response has been sent
 * @throws CommandError if the server cannot listen
 */
export async function serve(command: ServeCommand, context: CliContext): Promise<void> {
  const { stdout, stderr, stop, isWorker } = context;
  const app = createApp(command);
  const server = createServer(command);
  const stopServer = gracefulStop(server);
  const { address, port } = await listen(server, command);
  const checkHost = createHostCheck(command, address);
  server.on('request', (req: IncomingMessage, res: CountedResponse) => {
    if (!command.quiet) logRequest(req, res, (line) => stdout.write(line));
    const refusal = checkHost(req);
    if (refusal === null) app(req, res);
    else void send(refusal, res);
  });
  // The reader of the output may end, as in `shared-data | head -1`. The server continues.
  stdout.on('error', () => undefined);
  if (!isWorker) printUrl(command, port, { stdout, stderr });
  if (!stop.aborted) await once(stop, 'abort');
  await stopServer();
}

/** Prints the URL of the server, and opens it in the browser if the command says so. */
export function printUrl(
  command: ServeCommand,
  port: number,
  { stdout, stderr }: Pick<CliContext, 'stdout' | 'stderr'>,
): void {
  stdout.write(`${urlOf(command, port)}\n`);
  if (!command.open) return;
  const url = urlOf({ ...command, host: reachableHost(command.host) }, port);
  openInBrowser(url, (line) => stderr.write(line));
}

function createApp({ exports, options, listing }: ServeCommand): App {
  return new SharedDataMiddleware(null, exports, { ...options, listing }).listener;
}

function createServer({ tls }: ServeCommand): HttpServer {
  if (tls === undefined) return createHttpServer({ ServerResponse: CountedResponse });
  return createHttpsServer({ ...tls, ServerResponse: CountedResponse });
}

/** Resolves with the address when the server listens, before it accepts the first connection. */
async function listen(server: HttpServer, command: ServeCommand): Promise<AddressInfo> {
  try {
    await once(server.listen(command.port, command.host), 'listening');
    return server.address() as AddressInfo;
  } catch (error) {
    throw new CommandError(`cannot listen on ${urlOf(command, command.port)}: ${reasonOf(error)}`);
  }
}

function urlOf({ tls, host }: Pick<ServeCommand, 'tls' | 'host'>, port: number): string {
  return `${tls === undefined ? 'http' : 'https'}://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
}

/** The wildcard addresses are for listening only: browsers on Windows and macOS cannot connect to them. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host === '::' ? '::1' : host;
}

/** A program that opens a URL, and its arguments before the URL. */
type OpenCommand = readonly [program: string, ...args: string[]];

/**
 * The command that opens a URL in the default browser.
 *
 * On Windows it is the program behind `start`. `start` itself is a command of the shell, and the URL must not
 * pass through a shell.
 */
export function openCommand(platform: NodeJS.Platform): OpenCommand {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler'];
  return platform === 'darwin' ? ['open'] : ['xdg-open'];
}

/** Opens a URL in the default browser. If that fails, it writes a line, and the server continues. */
function openInBrowser(url: string, write: (line: string) => void): void {
  const [program, ...args] = openCommand(process.platform);
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  const onFailure = (reason: string): void => {
    write(`shared-data: cannot open ${url} with ${program}: ${reason}\n`);
  };
  child.on('error', (error) => {
    onFailure(reasonOf(error));
  });
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) onFailure(`it ended with code ${code}`);
  });
  child.unref();
}
