import { KnownFacts } from '../../src/s3/known-facts';
import type { ObjectFacts } from '../../src/s3/object-facts';

let now = 0;
let asked: string[] = [];

beforeEach(() => {
  now = 1000;
  asked = [];
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});

afterEach(() => jest.restoreAllMocks());

function known(factsFor: number, keyLimit = 10): KnownFacts {
  return new KnownFacts(look, { factsFor, keyLimit });
}

/** Keys that begin with `no` are missing. */
function look(key: string): Promise<ObjectFacts | null> {
  asked.push(key);
  const facts = { mtime: new Date(0), size: asked.length, etag: `"${asked.length}"` };
  return Promise.resolve(key.startsWith('no') ? null : facts);
}

test.each(['a', 'none'])('what is known of %s is known for the time that was chosen', async (key) => {
  const facts = known(100);
  const first = await facts.of(key);
  now += 99;
  expect(facts.of(key)).toBe(first);
  expect(asked).toEqual([key]);
  now += 1;
  await facts.of(key);
  expect(asked).toEqual([key, key]);
});

test('the time counts from the question, not from its answer', async () => {
  const facts = known(100);
  const first = facts.of('a');
  now += 60;
  await first;
  now += 40;
  await facts.of('a');
  expect(asked).toEqual(['a', 'a']);
});

test('0 remembers nothing', async () => {
  const facts = known(0);
  await facts.of('a');
  await facts.of('a');
  expect(asked).toEqual(['a', 'a']);
});

test.each([0, 100])('who asks at the same time shares one question, with factsFor %d', async (factsFor) => {
  const facts = known(factsFor);
  const answers = await Promise.all([facts.of('a'), facts.of('a'), facts.of('b'), facts.of('a')]);
  expect(asked).toEqual(['a', 'b']);
  expect(answers[1]).toBe(answers[0]);
});

test('a question that fails is not remembered', async () => {
  const answers = [Promise.reject(new Error('down')), Promise.resolve(null)];
  const facts = new KnownFacts(() => answers.shift() ?? Promise.resolve(null), {
    factsFor: 100,
    keyLimit: 1,
  });
  await expect(facts.of('a')).rejects.toThrow('down');
  expect(await facts.of('a')).toBe(null);
});

test('of no more keys than the limit, the least recently used forgotten first', async () => {
  const facts = known(100, 2);
  await facts.of('a');
  await facts.of('b');
  await facts.of('a');
  await facts.of('c');
  await facts.of('a');
  expect(asked).toEqual(['a', 'b', 'c']);
  await facts.of('b');
  expect(asked).toEqual(['a', 'b', 'c', 'b']);
});

test('what is to be forgotten is asked for again, but not what others have learned since', async () => {
  const facts = known(100);
  const old = await facts.of('a');
  if (old === null) throw new Error('expected facts');
  facts.forget('a', old);
  const fresh = await facts.of('a');
  expect(asked).toEqual(['a', 'a']);
  facts.forget('a', old);
  expect(facts.of('a')).toBe(fresh);
});
