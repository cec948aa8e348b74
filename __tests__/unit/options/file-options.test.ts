import { checkFileOptions, downloadOptions } from '../../../src/options/file-options';

describe('a wrong option of a file throws a TypeError that names it:', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ root: '' }, "option 'root': expected the path of a directory, got ''"],
    [{ root: 1 }, "option 'root'"],
    [{ root: 'a\0b' }, "option 'root'"],
    [{ root: null }, "option 'root'"],
    [
      { status: 304 },
      "option 'status': expected the status of a response with a whole file, such as 404, got 304",
    ],
    [{ status: 206 }, "option 'status'"],
    [{ status: 199 }, "option 'status'"],
    [{ status: 600 }, "option 'status'"],
    [{ status: '404' }, "option 'status'"],
    [{ status: 404.5 }, "option 'status'"],
    [
      { headers: 'X-A: 1' },
      "option 'headers': expected an object of header fields and their values, or Headers",
    ],
    [{ headers: null }, "option 'headers'"],
    [{ headers: { 'X A': '1' } }, "option 'headers'"],
    [{ headers: { 'X-A': 'a\r\nX-B: b' } }, "option 'headers'"],
    [{ headers: { 'X-A': '日本' } }, "option 'headers'"],
    [{ headers: { 'X-A': undefined } }, "option 'headers'"],
    [{ headers: { 'X-A': 1 } }, "option 'headers'"],
    [{ headers: [['X-A']] }, "option 'headers'"],
    [{ download: '' }, "option 'download': expected true, false or the name of a file, got ''"],
    [{ download: 1 }, "option 'download'"],
    [{ download: '\ud800.txt' }, "option 'download'"],
    [{ maxAge: 1 }, "unknown option 'maxAge'; the options are root, status, headers, download"],
  ])('%j', (options, message) => {
    const check = (): unknown => checkFileOptions('a.txt', options);
    expect(check).toThrow(TypeError);
    expect(check).toThrow(message);
  });

  test.each([[undefined], [null], [1], [Buffer.from('a.txt')], [new URL('file:///a.txt')]])(
    'the filename %p',
    (filename) => {
      expect(() => checkFileOptions(filename as unknown as string, {})).toThrow('expected a filename, got');
    },
  );
});

test('the fields of an object and of Headers are accepted', () => {
  for (const headers of [{ 'X-A': '1' }, new Headers({ 'X-A': '1' })])
    expect([...(checkFileOptions('a', { headers }).headers ?? [])]).toEqual([['x-a', '1']]);
});

test('options that are undefined are not given', () => {
  const none = { root: undefined, status: undefined, headers: undefined, download: undefined };
  expect(checkFileOptions('a.txt', none)).toEqual({ ...none, download: false });
  expect(downloadOptions({ name: undefined })).toEqual({ download: true });
});

test('a download has a name of its own, or that of the file', () => {
  expect(downloadOptions({ root: '/srv' })).toEqual({ root: '/srv', download: true });
  expect(downloadOptions({ name: 'a.txt' })).toEqual({ download: 'a.txt' });
  for (const options of [{ name: '' }, { name: 1 }, { name: true }, { download: 'a.txt' }])
    expect(() => downloadOptions(options as object)).toThrow(TypeError);
});
