import { firstSignal } from '../../../src/cli/context';

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s aborts the signal, and the next signal has its default action',
  (name) => {
    const signal = firstSignal();
    expect(signal.aborted).toBe(false);
    process.emit(name);
    expect(signal.aborted).toBe(true);
    expect([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')]).toEqual([0, 0]);
  },
);
