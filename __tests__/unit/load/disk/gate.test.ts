import { setImmediate as nextTurn } from 'node:timers/promises';
import { Gate } from '../../../../src/load/disk/gate';
import { Threads } from '../../../../src/load/disk/threads';

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

function createGate(timeout: number, threads = new Threads(), device = 1n): Gate {
  return new Gate(timeout, threads.of(device));
}

/** With the four threads of Node's default, one of which is left to others. */
const MAX = 3;

const timeoutError = { status: 503, headers: { 'Retry-After': '1' } };

test('at most three operations run at a time', async () => {
  const gate = createGate(10_000);
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
  const gate = createGate(10);
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
  const gate = createGate(10);
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
  const gate = createGate(10);
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
  const gate = createGate(10);
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
  await expect(createGate(10).run(() => Promise.reject(new Error('EIO')))).rejects.toThrow('EIO');
});

describe('several disks', () => {
  test('that all hang leave one thread to each other, and one to the process', async () => {
    const threads = new Threads();
    for (const device of [1n, 2n]) threads.reserve(threads.of(device));
    const start = (device: bigint): Operation<void>[] => {
      const operations = Array.from({ length: 5 }, () => new Operation<void>());
      for (const { run } of operations) void createGate(10_000, threads, device).runToEnd(run);
      return operations;
    };
    const first = start(1n);
    await nextTurn();
    expect(first.filter(({ hasStarted }) => hasStarted)).toHaveLength(2);
    const second = start(2n);
    await nextTurn();
    expect(second.filter(({ hasStarted }) => hasStarted)).toHaveLength(1);
  });

  test('of which one hangs: operations of another one run', async () => {
    const threads = new Threads();
    for (const device of [1n, 2n]) threads.reserve(threads.of(device));
    const hanging = createGate(10, threads, 1n);
    await Promise.allSettled([1, 2, 3].map(() => hanging.run(new Operation<void>().run)));
    await expect(hanging.run(() => Promise.resolve())).rejects.toMatchObject(timeoutError);
    expect(await createGate(10_000, threads, 2n).run(() => Promise.resolve('done'))).toBe('done');
  });

  test('the same disk of two middlewares has its threads once', async () => {
    const threads = new Threads();
    const operations = Array.from({ length: 4 }, () => new Operation<void>());
    for (const { run } of operations) void createGate(10_000, threads).runToEnd(run);
    await nextTurn();
    expect(operations.map(({ hasStarted }) => hasStarted)).toEqual([true, true, true, false]);
  });

  test('more disks than threads get them in turn', async () => {
    const threads = new Threads();
    const order: bigint[] = [];
    const devices = [1n, 2n, 3n, 4n, 5n];
    for (const device of devices) threads.reserve(threads.of(device));
    const runs = [...devices, ...devices].map((device) =>
      createGate(10_000, threads, device).run(() => Promise.resolve(order.push(device))),
    );
    await Promise.all(runs);
    expect(order.slice(0, 5).sort()).toEqual(devices);
  });
});
