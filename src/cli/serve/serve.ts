import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { SharedDataMiddleware } from '../../middleware';
import { send } from '../../send/send';
import type { App } from '../../types';
import type { ServeCommand } from '../args/arguments';
import type { CliContext } from '../context';
import { gracefulStop, type HttpServer } from './graceful-stop';
import { createHostCheck } from './host-check';
import { listen } from './listen';
import { openInBrowser } from './open-in-browser';
import { CountedResponse, logRequest } from './request-log';
import { addedFields, preflightAnswer } from './response-fields';
import { urlsOf } from './urls';

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
  const { address, port } = await listen(server, command, (line) => stderr.write(`shared-data: ${line}\n`));
  const checkHost = createHostCheck(command, address);
  const fields = addedFields(command);
  server.on('request', (req: IncomingMessage, res: CountedResponse) => {
    if (!command.quiet) logRequest(req, res, (line) => stdout.write(line));
    const refusal = checkHost(req);
    if (refusal !== null) return void send(refusal, res);
    for (const [name, values] of fields) res.setHeader(name, values);
    const preflight = command.cors ? preflightAnswer(req) : null;
    if (preflight === null) app(req, res);
    else void send(preflight, res);
  });
  // The reader of the output may end, as in `shared-data | head -1`. The server continues.
  stdout.on('error', () => undefined);
  if (!isWorker) printUrls(command, port, { stdout, stderr });
  if (!stop.aborted) await once(stop, 'abort');
  await stopServer();
}

/** Prints the URLs of the server, one a line, and opens the first one in the browser if the command says so. */
export function printUrls(
  command: ServeCommand,
  port: number,
  { stdout, stderr }: Pick<CliContext, 'stdout' | 'stderr'>,
): void {
  const urls = urlsOf(command, port);
  stdout.write(urls.map((url) => `${url}\n`).join(''));
  for (const url of urls.slice(0, command.open ? 1 : 0)) openInBrowser(url, (line) => stderr.write(line));
}

/** With `--no-cache`, a response has no validator. The middleware alone would send Last-Modified, as Werkzeug does. */
class Uncached extends SharedDataMiddleware {
  override setHeaders(headers: Headers): void {
    headers.delete('Last-Modified');
  }
}

function createApp({ exports, options, listing }: ServeCommand): App {
  const Shared = options.cache === false ? Uncached : SharedDataMiddleware;
  return new Shared(null, exports, { ...options, listing }).listener;
}

function createServer({ tls }: ServeCommand): HttpServer {
  if (tls === undefined) return createHttpServer({ ServerResponse: CountedResponse });
  return createHttpsServer({ ...tls, ServerResponse: CountedResponse });
}
