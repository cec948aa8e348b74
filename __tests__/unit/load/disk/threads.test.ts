import { threadCount } from '../../../../src/load/disk/threads';

describe('the number of threads for file operations', () => {
  test.each([
    ['UV_THREADPOOL_SIZE', { UV_THREADPOOL_SIZE: '16' }, 16],
    ["libuv's default without it", {}, 4],
    ["libuv's default if it is no number", { UV_THREADPOOL_SIZE: 'many' }, 4],
  ])('is %s', (_what, env, expected) => {
    expect(threadCount({ env })).toBe(expected);
  });

  test("is libuv's default where the environment cannot be read, as in Deno", () => {
    const process = {
      get env(): NodeJS.ProcessEnv {
        throw new Error('NotCapable: Requires env access');
      },
    };
    expect(threadCount(process)).toBe(4);
  });
});
