import type { Writable } from 'node:stream';
import { getSystemErrorMap } from 'node:util';

/** The process that the command runs in, as far as the command uses it. Tests pass their own. */
export interface CliContext {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Stops the server or the compression when it aborts. */
  readonly stop: AbortSignal;
  /** Whether this process is a worker of `node:cluster`. The primary process then prints the URL. */
  readonly isWorker: boolean;
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Returns a signal that aborts at the first SIGINT or SIGTERM. A second one ends the process immediately. */
export function firstSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
    controller.abort();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}

/** Returns a signal that aborts at the first message of the parent process, or when the parent has ended. */
export function firstMessage(): AbortSignal {
  const controller = new AbortController();
  const onMessage = (): void => {
    controller.abort();
  };
  process.once('message', onMessage);
  process.once('disconnect', onMessage);
  return controller.signal;
}

/** An error that the user can correct. The command prints only its message and exits with code 1. */
export class CommandError extends Error {}

/**
 * The description of a system error, without the code and the system call that Node adds.
 *
 * @returns for example `no such file or directory`; for other errors their message
 */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
