import { SharedTasks } from '../../../src/util/shared-tasks';

/** Tasks that end when the test says so, with the numbers 1, 2 and so on as results. */
function createTasks(): { task: () => Promise<number>; end: () => Promise<void>; started: () => number } {
  const ends: (() => void)[] = [];
  let started = 0;
  return {
    task: () => {
      started += 1;
      const result = started;
      return new Promise((resolve) => {
        ends.push(() => {
          resolve(result);
        });
      });
    },
    end: async () => {
      ends.shift()?.();
      await new Promise(setImmediate);
    },
    started: () => started,
  };
}

test('callers during a task share the next one, because the result of the first could be too old', async () => {
  const tasks = new SharedTasks<number>();
  const { task, end, started } = createTasks();
  const first = tasks.run('a', task);
  const others = Array.from({ length: 100 }, () => tasks.run('a', task));
  expect(started()).toBe(1);
  await end();
  expect(started()).toBe(2);
  await end();
  expect(await first).toBe(1);
  expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
});

test('tasks with other keys run at once', () => {
  const tasks = new SharedTasks<number>();
  const { task, started } = createTasks();
  void tasks.run('a', task);
  void tasks.run('b', task);
  expect(started()).toBe(2);
});

test('a task that fails does not keep the next one from running', async () => {
  const tasks = new SharedTasks<number>();
  const failing = tasks.run('a', () => Promise.reject(new Error('EIO')));
  const next = tasks.run('a', () => Promise.resolve(1));
  await expect(failing).rejects.toThrow('EIO');
  expect(await next).toBe(1);
  expect(await tasks.run('a', () => Promise.resolve(2))).toBe(2);
});
