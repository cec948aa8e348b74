import { nearest } from '../../../../src/cli/args/nearest';

test.each([
  ['port', 'port'],
  ['prot', 'port'],
  ['por', 'port'],
  ['ports', 'port'],
  ['cache-timout', 'cache-timeout'],
  ['allow-host', 'allowed-host'],
  ['alowedhosts', 'allowed-host'],
  ['recursive', null],
  ['x', null],
])('the word nearest to %s is %s', (word, expected) => {
  expect(nearest(word, ['port', 'host', 'cache', 'cache-timeout', 'allowed-host'])).toBe(expected);
});

test('nothing is near if there are no words', () => {
  expect(nearest('port', [])).toBeNull();
});
