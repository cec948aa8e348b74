import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { CountedResponse, logRequest } from '../../../../src/cli/serve/request-log';

/** The log lines of a request whose client disconnected before the response began. */
function linesFor(target: string): string[] {
  const req = new IncomingMessage(new Socket());
  req.method = 'GET';
  req.url = target;
  const res = new CountedResponse(req);
  const lines: string[] = [];
  logRequest(req, res, (line) => lines.push(line));
  res.emit('close');
  return lines;
}

test.each([
  ['a line break', '/a\r\nGET /forged', '/a\\x0d\\x0aGET\\x20/forged'],
  ['an escape sequence', '/\x1b[31m', '/\\x1b[31m'],
  ['DEL, and a control character of Latin-1', '/\x7f\x9b', '/\\x7f\\x9b'],
  ['bytes of UTF-8', '/\xc3\xa9', '/\\xc3\\xa9'],
  ['a backslash, so that no target looks like an escaped one', '/\\x1b', '/\\x5cx1b'],
])('%s in a target is escaped', (_what, target, printed) => {
  expect(linesFor(target)).toEqual([expect.stringMatching(/^\S+ GET \S+ - 0 \d+\.\dms\n$/)]);
  expect(linesFor(target)[0]?.split(' ')[2]).toBe(printed);
});

test('a line starts with the time at which the response has ended, in UTC', () => {
  const before = Date.now();
  const [time = ''] = linesFor('/a.txt')[0]?.split(' ') ?? [];
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Date.parse(time)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(time)).toBeLessThanOrEqual(Date.now());
});

test('all other characters of a target are not escaped', () => {
  const target = `/${String.fromCharCode(...Array.from({ length: 94 }, (_, at) => 33 + at)).replace('\\', '')}`;
  expect(linesFor(target)[0]?.split(' ')[2]).toBe(target);
});

test('the status is - if the client disconnects before the response begins', () => {
  expect(linesFor('/a.txt')[0]).toMatch(/Z GET \/a\.txt - 0 /);
});
