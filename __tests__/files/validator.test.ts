import { defaultEntityTag, entityTagOf } from '../../src/files/validator';

const facts = { dev: 64769n, ino: 131072n, size: 5000n, mtimeNs: 1_700_000_000_123_456_789n };
const rested = { ...facts, ctimeNs: facts.mtimeNs };

describe('the tag of a version that is known by its facts', () => {
  test('tells no inode, nor anything else of the machine (CVE-2003-1418)', () => {
    const tag = entityTagOf(rested);
    for (const value of Object.values(rested)) {
      expect(tag).not.toContain(value.toString());
      expect(tag).not.toContain(value.toString(16));
    }
  });

  test.each(Object.keys(rested) as (keyof typeof rested)[])('is another when %s is', (name) => {
    expect(entityTagOf({ ...rested, [name]: rested[name] + 1n })).not.toBe(entityTagOf(rested));
  });

  test('is the same for the same facts', () => {
    expect(entityTagOf({ ...rested })).toBe(entityTagOf(rested));
  });
});

describe('the tag of a file of which less is known', () => {
  test('is made of the content where that is at hand, whatever the time', () => {
    const content = Buffer.from('abc');
    const tag = defaultEntityTag(new Date(0), 3, 'a', content);
    expect(tag).toMatch(/^"/);
    expect(defaultEntityTag(new Date(1), 3, 'b', content.subarray(0))).toBe(tag);
  });

  test('is weak without it', () => {
    expect(defaultEntityTag(new Date(0), 3, 'a', undefined)).toMatch(/^W\//);
  });
});
