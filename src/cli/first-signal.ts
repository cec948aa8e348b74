const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Aborts at the first signal that asks the process to end. A second one then ends it at once. */
export function firstSignal(): AbortSignal {
  const controller = new AbortController();
  const onSignal = (): void => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return controller.signal;
}

/** Aborts at the first message of the process that has forked this one, or when that has ended. */
export function firstMessage(): AbortSignal {
  const controller = new AbortController();
  const onMessage = (): void => {
    controller.abort();
  };
  process.once('message', onMessage);
  process.once('disconnect', onMessage);
  return controller.signal;
}
