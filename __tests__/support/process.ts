import { readdirSync, readFileSync } from 'node:fs';

/** The number of open file descriptors of this process. */
export function openDescriptors(): number {
  return readdirSync('/dev/fd').length;
}

/** The process ids of the children of a process. Empty if the process has ended. */
export function childrenOf(pid: number | undefined): number[] {
  try {
    const children = readFileSync(`/proc/${pid ?? 0}/task/${pid ?? 0}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Runs a function as an unprivileged user, because file permissions do not apply to root. */
export async function unprivileged<T>(run: () => Promise<T>): Promise<T> {
  const { geteuid, seteuid } = process;
  if (geteuid === undefined || seteuid === undefined || geteuid() !== 0) return run();
  seteuid(65534);
  try {
    return await run();
  } finally {
    seteuid(0);
  }
}

/**
 * Retries an expectation until it passes, for some seconds. A client cannot observe what happens after
 * a response, such as the closing of a file.
 */
export async function eventually(expectation: () => void | Promise<void>, seconds = 5): Promise<void> {
  for (let attempt = 0; attempt < 100 * seconds; attempt++) {
    try {
      await expectation();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  await expectation();
}
