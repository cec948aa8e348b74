import { readHeaders } from '../../../../src/cli/args/headers';

const read = (...value: string[]) => readHeaders({ value, label: 'option --header' });

test('a field is a name and a value, which are separated by the first colon', () => {
  expect(read('X-One: a: b', 'X-Two:c  ')).toEqual([
    ['X-One', ['a: b']],
    ['X-Two', ['c']],
  ]);
});

test('a name that occurs several times, in any case, has several values', () => {
  expect(read('Link: </a>', 'X-One: 1', 'link: </b>')).toEqual([
    ['link', ['</a>', '</b>']],
    ['X-One', ['1']],
  ]);
});

test.each(['X-One', ': a', 'X-One:', 'X One: a', 'X-One: a\r\nX-Two: b', 'X-One: \u{1F600}'])(
  '%j is not a field',
  (text) => {
    expect(() => read(text)).toThrow(
      "option --header: expected a field such as 'X-Frame-Options: DENY', got",
    );
  },
);

test.each([
  'Content-Length: 1',
  'transfer-encoding: chunked',
  'Connection: close',
  'ETag: "a"',
  'Location: /',
])('%s is a field that the server sets itself', (text) => {
  expect(() => read(text)).toThrow('option --header: expected a field that the server does not set itself');
});
