#!/usr/bin/env node
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './args/arguments';
import { compress } from './compress/compress';
import { CommandError, firstMessage, firstSignal, type CliContext } from './context';
import { serve } from './serve/serve';
import { serveWithWorkers } from './serve/workers';

/**
 * Runs the command.
 *
 * @param args the arguments, without the paths of Node and of the script
 * @returns the exit code; for a server, once it has stopped
 */
export async function main(args: readonly string[], context: CliContext): Promise<number> {
  const { stdout, stderr, isWorker } = context;
  try {
    const command = readArguments(args);
    switch (command.name) {
      case 'help':
        stdout.write(command.text);
        return 0;
      case 'version':
        stdout.write(`${version()}\n`);
        return 0;
      case 'compress':
        return await compress(command, context);
      case 'serve':
        if (command.workers > 1 && !isWorker) return await serveWithWorkers(command, context);
        await serve(command, context);
        return 0;
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    stderr.write(`shared-data: ${error.message.replace(/\s*\n\s*/g, ' ')}\n`);
    return 1;
  }
}

function version(): string {
  const manifest = readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

async function run(): Promise<void> {
  const { stdout, stderr } = process;
  const { isWorker, worker } = cluster;
  const stop = AbortSignal.any([firstSignal(), ...(isWorker ? [firstMessage()] : [])]);
  process.exitCode = await main(process.argv.slice(2), { stdout, stderr, stop, isWorker });
  worker?.disconnect();
}

if (require.main === module) void run();
