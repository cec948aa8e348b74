import { readdirSync, readFileSync } from 'node:fs';

/** How many descriptors this process has open. */
export function openDescriptors(): number {
  return readdirSync('/dev/fd').length;
}

/** The processes that another has started; none if it has gone. */
export function childrenOf(pid: number | undefined): number[] {
  try {
    const children = readFileSync(`/proc/${pid ?? 0}/task/${pid ?? 0}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Runs as a user without privileges, so that what is forbidden is forbidden to root's tests too. */
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

/** Waits until an expectation holds: what follows an answer, such as the closing of a file, is not seen by the client. */
export async function eventually(expectation: () => void | Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await expectation();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  await expectation();
}
