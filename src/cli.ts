#!/usr/bin/env node
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isIPv6, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { readArguments, type ServeCommand } from './cli/arguments';
import { CommandError, reasonOf } from './cli/command-error';
import { CountedResponse } from './cli/counted-response';
import { firstSignal } from './cli/first-signal';
import { gracefulStop } from './cli/graceful-stop';
import { helpText } from './cli/option-table';
import { logRequest } from './cli/request-log';
import { SharedDataMiddleware } from './shared-data';

/** What the command has to do with the process that it runs in. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Stops the server when it aborts. */
  readonly stop: AbortSignal;
}

/** Runs the command and resolves with its exit code, for a server when that has stopped. */
export async function main(args: readonly string[], { stdout, stderr, stop }: Surroundings): Promise<number> {
  try {
    const command = readArguments(args);
    if (command === 'help') stdout.write(helpText());
    else if (command === 'version') stdout.write(`${version()}\n`);
    else await serve(command, stdout, stop);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    stderr.write(`shared-data: ${error.message.replace(/\s*\n\s*/g, ' ')}\n`);
    return 1;
  }
}

async function serve(command: ServeCommand, stdout: Writable, stop: AbortSignal): Promise<void> {
  const { listener } = new SharedDataMiddleware(null, command.exports, command.options);
  const server = createServer({ ServerResponse: CountedResponse }, (req, res) => {
    if (!command.quiet) logRequest(req, res, (line) => stdout.write(line));
    listener(req, res);
  });
  const stopServer = gracefulStop(server);
  await listen(server, command);
  // Whoever read the lines may go away, as in `shared-data | head -1`; the files are served all the same.
  stdout.on('error', () => undefined);
  stdout.write(`${urlOf(command.host, (server.address() as AddressInfo).port)}\n`);
  if (!stop.aborted) await once(stop, 'abort');
  await stopServer();
}

async function listen(server: Server, { host, port }: ServeCommand): Promise<void> {
  try {
    await once(server.listen(port, host), 'listening');
  } catch (error) {
    throw new CommandError(`cannot listen on ${urlOf(host, port)}: ${reasonOf(error)}`);
  }
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`;
}

function version(): string {
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

async function run(): Promise<void> {
  const { stdout, stderr } = process;
  process.exitCode = await main(process.argv.slice(2), { stdout, stderr, stop: firstSignal() });
}

if (require.main === module) void run();
