/** Runs a task when there is room for it. */
export type Limiter = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * Creates a function that runs at most `max` tasks at a time. The others wait, and start in the order in which
 * they came.
 */
export function limiter(max: number): Limiter {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (task) => {
    if (running < max) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The next task takes the place of this one.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
