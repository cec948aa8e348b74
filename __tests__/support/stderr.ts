/** Keeps the errors that the tests of a file cause on purpose out of the output. */
export function silenceErrors(): void {
  let spy: jest.SpyInstance;
  beforeEach(() => {
    spy = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => {
    spy.mockRestore();
  });
}
