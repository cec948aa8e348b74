import { defaultETag, statETag } from '../../../../src/load/files/stat-etag';

const time = 1_700_000_000_123_456_789n;
const version = { dev: 64769n, ino: 131072n, size: 5000n, mtimeNs: time, ctimeNs: time };

describe('statETag', () => {
  test('does not disclose the inode or any other stat value (CVE-2003-1418)', () => {
    const etag = statETag(version);
    for (const value of Object.values(version)) {
      expect(etag).not.toContain(value.toString());
      expect(etag).not.toContain(value.toString(16));
    }
  });

  test.each(Object.keys(version) as (keyof typeof version)[])('changes with %s', (name) => {
    expect(statETag({ ...version, [name]: version[name] + 1n })).not.toBe(statETag(version));
  });

  test('is equal for equal versions', () => {
    expect(statETag({ ...version })).toBe(statETag(version));
  });
});

describe('defaultETag', () => {
  test('depends only on the content if it is in memory', () => {
    const content = Buffer.from('abc');
    const etag = defaultETag(new Date(0), 3, 'a', content);
    expect(etag).toMatch(/^"/);
    expect(defaultETag(new Date(1), 3, 'b', content.subarray(0))).toBe(etag);
  });

  test('is weak without the content', () => {
    expect(defaultETag(new Date(0), 3, 'a', undefined)).toMatch(/^W\//);
  });
});
