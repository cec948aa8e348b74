interface Tasks<T> {
  readonly current: Promise<T>;
  next?: Promise<T>;
}

/**
 * Runs one task per key at a time. Callers share a task that has not started when they call, never one that
 * has: its result could be older than their call.
 */
export class SharedTasks<T> {
  readonly #tasks = new Map<string, Tasks<T>>();

  /** Runs a task, or waits for the same task of another caller. */
  run(key: string, task: () => Promise<T>): Promise<T> {
    const tasks = this.#tasks.get(key);
    if (tasks === undefined) return this.#start(key, task);
    tasks.next ??= tasks.current.then(
      () => this.#start(key, task),
      () => this.#start(key, task),
    );
    return tasks.next;
  }

  #start(key: string, task: () => Promise<T>): Promise<T> {
    const current = task();
    const tasks: Tasks<T> = { current };
    this.#tasks.set(key, tasks);
    const end = (): void => {
      if (tasks.next === undefined) this.#tasks.delete(key);
    };
    current.then(end, end);
    return current;
  }
}
