/** Defers loading a module until it is first used, for modules that few applications need. */
export function lazyRequire<T>(load: () => T): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= load());
}
