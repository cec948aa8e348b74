import { setImmediate } from 'node:timers/promises';
import { limiter } from '../../../src/util/limiter';

test('at most the given number of tasks run at a time, in the order of their start', async () => {
  const limit = limiter(3);
  const started: number[] = [];
  let running = 0;
  const results = Array.from({ length: 20 }, (_, task) =>
    limit(async () => {
      started.push(task);
      running += 1;
      expect(running).toBeLessThanOrEqual(3);
      await setImmediate();
      running -= 1;
      return task;
    }),
  );
  const tasks = [...results.keys()];
  expect(await Promise.all(results)).toEqual(tasks);
  expect(started).toEqual(tasks);
});

test('a task that fails makes room for the next one', async () => {
  const limit = limiter(1);
  const failing = limit(() => Promise.reject(new Error('failed')));
  const next = limit(() => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('failed');
  expect(await next).toBe('done');
});
