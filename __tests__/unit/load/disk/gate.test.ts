import { setImmediate as nextTurn } from 'node:timers/promises';
import { Gate } from '../../../../src/load/disk/gate';

/** An operation that ends when the test says so. */
class Operation<T> {
  hasStarted = false;
  end: (result: T) => void = () => undefined;

  readonly run = (): Promise<T> => {
    this.hasStarted = true;
    return new Promise((resolve) => {
      this.end = resolve;
    });
  };
}

/** With the four threads of Node's default, one of which is left to others. */
const MAX = 3;

const timeoutError = { status: 503, headers: { 'Retry-After': '1' } };

test('at most three operations run at a time', async () => {
  const gate = new Gate(10_000);
  const operations = Array.from({ length: 5 }, () => new Operation<string>());
  const results = operations.map((operation) => gate.run(operation.run));
  await nextTurn();
  expect(operations.map(({ hasStarted }) => hasStarted)).toEqual([true, true, true, false, false]);
  for (const [index, operation] of operations.entries()) {
    operation.end(String(index));
    await nextTurn();
  }
  expect(await Promise.all(results)).toEqual(['0', '1', '2', '3', '4']);
});

test('an operation that takes too long rejects with 503, and its result is discarded', async () => {
  const gate = new Gate(10);
  const operation = new Operation<number>();
  const discarded: number[] = [];
  await expect(gate.run(operation.run, (result) => discarded.push(result))).rejects.toMatchObject(
    timeoutError,
  );
  operation.end(7);
  await nextTurn();
  expect(discarded).toEqual([7]);
});

test('an operation that waits too long rejects with 503, and never starts', async () => {
  const gate = new Gate(10);
  const running = Array.from({ length: MAX }, () => new Operation<void>());
  const results = running.map((operation) => gate.run(operation.run));
  const waiting = new Operation<void>();
  const outcomes = await Promise.allSettled([...results, gate.run(waiting.run)]);
  expect(outcomes).toMatchObject(Array(MAX + 1).fill({ status: 'rejected', reason: timeoutError }));
  for (const operation of running) operation.end();
  await nextTurn();
  expect(waiting.hasStarted).toBe(false);
});

test('while all operations hang, another one rejects at once; when they have ended, it runs', async () => {
  const gate = new Gate(10);
  const hanging = Array.from({ length: MAX }, () => new Operation<void>());
  await Promise.allSettled(hanging.map((operation) => gate.run(operation.run)));
  const next = new Operation<string>();
  await expect(gate.run(next.run)).rejects.toMatchObject(timeoutError);
  expect(next.hasStarted).toBe(false);
  for (const operation of hanging) operation.end();
  await nextTurn();
  expect(await gate.run(() => Promise.resolve('done'))).toBe('done');
});

test('an operation that must run to its end waits as long as necessary', async () => {
  const gate = new Gate(10);
  const hanging = Array.from({ length: MAX }, () => new Operation<void>());
  const results = Promise.allSettled(hanging.map((operation) => gate.run(operation.run)));
  const close = new Operation<void>();
  const closed = gate.runToEnd(close.run);
  await results;
  for (const operation of hanging) operation.end();
  await nextTurn();
  expect(close.hasStarted).toBe(true);
  close.end();
  await closed;
});

test('the error of an operation is passed on', async () => {
  await expect(new Gate(10).run(() => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
});
