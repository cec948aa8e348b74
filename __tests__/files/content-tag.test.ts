import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { contentTagOf } from '../../src/files/content-tag';
import { ContentTags } from '../../src/files/content-tags';
import { look, type FileFacts } from '../../src/files/file-facts';
import { folderWith } from '../support/files';
import { eventually } from '../support/process';

const CONTENT = Buffer.alloc(1_000_000, 'shared data ');

function file(content = CONTENT): { path: string; facts: FileFacts } {
  const path = join(folderWith({ 'a.bin': content }, new Date(1e12)), 'a.bin');
  return { path, facts: factsOf(path) };
}

function factsOf(path: string): FileFacts {
  const facts = look(path);
  if (facts === null) throw new Error(`expected a file at ${path}`);
  return facts;
}

describe('the tag of a content', () => {
  test('is the same for the same bytes, and another for others', async () => {
    const [one, same, other] = [file(), file(), file(Buffer.alloc(1_000_000, 'shared dAta '))];
    const tag = await contentTagOf(one.path, one.facts);
    expect(tag).toMatch(/^"f4240-[\w-]{43}"$/);
    expect(await contentTagOf(same.path, same.facts)).toBe(tag);
    expect(await contentTagOf(other.path, other.facts)).not.toBe(tag);
  });

  test('is not told of a version that has gone before, or while it was read', async () => {
    const before = file();
    utimesSync(before.path, 1e9, 1e9);
    expect(await contentTagOf(before.path, before.facts)).toBeNull();
    const during = file();
    const tag = contentTagOf(during.path, during.facts);
    utimesSync(during.path, 1e9, 1e9);
    expect(await tag).toBeNull();
  });
});

test('the tag of a content is not waited for where a FIFO has taken the place of the file', async () => {
  const { path, facts } = file();
  rmSync(path);
  execFileSync('mkfifo', [path]);
  expect(await contentTagOf(path, facts)).toBeNull();
});

describe('the tags of contents', () => {
  beforeEach(() => {
    const now = Date.now() + 10_000;
    jest.spyOn(Date, 'now').mockReturnValue(now);
  });
  afterEach(() => jest.restoreAllMocks());

  test('are not worked out for a file that has just changed', async () => {
    jest.restoreAllMocks();
    const { path, facts } = file();
    const tags = new ContentTags();
    expect(tags.of(path, facts)).toBeNull();
    await nextTurn();
    expect(tags.of(path, facts)).toBeNull();
  });

  test('are tried again where the file could not be read', async () => {
    const { path, facts } = file();
    const tags = new ContentTags();
    renameSync(path, `${path}.away`);
    expect(tags.of(path, facts)).toBeNull();
    await nextTurn();
    renameSync(`${path}.away`, path);
    const now = factsOf(path);
    await eventually(() => {
      expect(tags.of(path, now)).not.toBeNull();
    });
  });

  test('are worked out anew when the file changes', async () => {
    const { path, facts } = file();
    const tags = new ContentTags();
    await eventually(() => {
      expect(tags.of(path, facts)).not.toBeNull();
    });
    writeFileSync(path, CONTENT.subarray(1));
    truncateSync(path, 500_000);
    const changed = factsOf(path);
    expect(tags.of(path, changed)).toBeNull();
    await eventually(() => {
      expect(tags.of(path, changed)).toMatch(/^"7a120-/);
    });
  });
});
