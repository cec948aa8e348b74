import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { SharedDataMiddleware } from '../../src/index';
import { folderWith } from '../support/files';
import { collectGarbage } from '../support/garbage';

/** So many links to their own directory give a file the square of that many names. */
const LINKS = 110;
const MEMORY_LIMIT = 16 * 1024 * 1024;

const realNow = Date.now;

afterEach(() => {
  Date.now = realNow;
});

/** The memory in use, in bytes, without what can be collected. */
function memoryInUse(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('thousands of tiny files take no more memory than memoryLimit', async () => {
  const folder = folderWith({ 'a.txt': 'tiny' });
  for (let link = 0; link < LINKS; link++) symlinkSync('.', join(folder, `link-${link}`));
  const now = Date.now() + 10_000;
  Date.now = () => now; // past the racy window of the file; a spy would keep all calls
  const shared = new SharedDataMiddleware(null, { '/s': folder }, { memoryLimit: MEMORY_LIMIT });

  async function request(link: number, other: number): Promise<void> {
    const answer = await shared.answer({
      method: 'GET',
      url: `/s/link-${link}/link-${other}/a.txt`,
      headers: {},
    });
    expect(answer?.status).toBe(200);
  }

  await request(0, 0);
  const before = memoryInUse();
  for (let round = 0; round < 2; round++) {
    for (let link = 0; link < LINKS; link++) {
      for (let other = 0; other < LINKS; other++) await request(link, other);
      await nextTurn();
    }
  }
  const growth = memoryInUse() - before;
  await request(0, 0); // the middleware is still in use
  expect(growth).toBeLessThan(MEMORY_LIMIT);
}, 60_000);
