import { getSystemErrorMap } from 'node:util';

/** What the person who typed the command can put right: the command ends with this message alone. */
export class CommandError extends Error {}

/** What an error of the system says, without the call and the code that Node puts in front. */
export function reasonOf(error: unknown): string {
  const { errno, message } = error as NodeJS.ErrnoException;
  return getSystemErrorMap().get(errno ?? 0)?.[1] ?? message;
}
