#!/usr/bin/env node
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from './cli/arguments';
import { CommandError } from './cli/command-error';
import { compress } from './cli/compress';
import { firstMessage, firstSignal } from './cli/first-signal';
import { serve } from './cli/serve';
import { serveWithWorkers } from './cli/serve-with-workers';
import type { Surroundings } from './cli/surroundings';

/** Runs the command and resolves with its exit code, for a server when that has stopped. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const { stdout, stderr } = surroundings;
  try {
    const command = readArguments(args);
    if (command.name === 'compress') return await compress(command, surroundings);
    if (command.name === 'serve' && command.workers > 1 && !surroundings.isWorker)
      return await serveWithWorkers(command, surroundings);
    if (command.name === 'serve') await serve(command, surroundings);
    else stdout.write(command.name === 'help' ? command.text : `${version()}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    stderr.write(`shared-data: ${error.message.replace(/\s*\n\s*/g, ' ')}\n`);
    return 1;
  }
}

function version(): string {
  const manifest = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
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
