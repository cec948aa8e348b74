import { Run } from '../../support/cli';
import { folderWith } from '../../support/files';
import { eventually } from '../../support/process';
import { SlowDisk } from '../../support/slow-disk/slow-disk';

const names = Array.from({ length: 100 }, (_, index) => `${index}.txt`);
const source = folderWith(Object.fromEntries(names.map((name) => [name, ''])));
const local = folderWith({ 'local.txt': 'local', 'large.txt': 'x'.repeat(1_000_000) });

// A server is started, and operations wait.
jest.setTimeout(30_000);

afterEach(async () => {
  await SlowDisk.unmountAll();
});

test('a listing of a disk that hangs keeps neither other listings nor other files waiting', async () => {
  const disk = await SlowDisk.mount(source);
  const exports = ['--export', `/slow=${disk.path}`, '--export', `/local=${local}`];
  const port = await new Run(['--port', '0', '--listing', ...exports]).port();
  const bodyOf = async (path: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(20_000) })).text();

  disk.setDelay(200);
  const listing = bodyOf('/slow/');
  // The listing examines its entries, and opens each one.
  await eventually(() => {
    expect(disk.operations().filter((operation) => operation === 'open').length).toBeGreaterThan(1);
  }, 10);
  disk.hang();
  expect(await bodyOf('/local/')).toContain('local.txt');
  expect(await bodyOf('/local/large.txt')).toHaveLength(1_000_000);
  disk.resume();
  expect(await listing).toContain('99.txt');
});
