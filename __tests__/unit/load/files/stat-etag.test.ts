import { defaultETag, statETag } from '../../../../src/load/files/stat-etag';

const time = 1_700_000_000_123_456_789n;
const version = { dev: 64769n, ino: 131072n, size: 5000n, mtimeNs: time, ctimeNs: time };

describe('statETag', () => {
  test('does not disclose the inode or any other stat value (CVE-2003-1418)', () => {
    const etag = statETag(version, true);
    for (const value of Object.values(version)) {
      expect(etag).not.toContain(value.toString());
      expect(etag).not.toContain(value.toString(16));
    }
  });

  test.each(Object.keys(version) as (keyof typeof version)[])('changes with %s', (name) => {
    expect(statETag({ ...version, [name]: version[name] + 1n }, true)).not.toBe(statETag(version, true));
  });

  test('is weak and unique for a version whose times cannot be trusted yet', () => {
    const etag = statETag(version, false);
    expect(etag).toMatch(/^W\//);
    expect(statETag(version, false)).not.toBe(etag);
  });

  test('is equal for equal versions', () => {
    expect(statETag({ ...version }, true)).toBe(statETag(version, true));
  });
});

describe('defaultETag', () => {
  test('depends only on the content if it is in memory', () => {
    const content = Buffer.from('abc');
    const etag = defaultETag(new Date(0), 3, 'a', content);
    expect(etag).toMatch(/^"/);
    expect(defaultETag(new Date(1), 3, 'b', content.subarray(0))).toBe(etag);
  });

  test('is made of the SHA-256 of the content, since contents with the same SHA-1 are known', () => {
    const hash = 'ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0';
    expect(defaultETag(new Date(0), 3, 'a', Buffer.from('abc'))).toBe(`"${hash}"`);
  });

  test('is weak without the content', () => {
    expect(defaultETag(new Date(0), 3, 'a', undefined)).toMatch(/^W\//);
  });
});
