import { firstSignal } from '../../src/cli/first-signal';

test.each(['SIGINT', 'SIGTERM'] as const)('%s aborts, and leaves the next signal to the system', (name) => {
  const signal = firstSignal();
  expect(signal.aborted).toBe(false);
  process.emit(name);
  expect(signal.aborted).toBe(true);
  expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([0, 0]);
});
