import { decide } from '../../../src/decide/decide';
import { Representation, type RepresentationMetadata } from '../../../src/decide/representation';
import { cachePolicy } from '../../../src/http/cache-control';

const lastModified = 'Tue, 14 Nov 2023 22:13:20 GMT';

function representation(changes: Partial<RepresentationMetadata> = {}): Representation {
  return new Representation({
    contentType: 'text/plain',
    coding: undefined,
    vary: undefined,
    size: 10,
    digest: undefined,
    etag: '"x"',
    lastModified,
    caching: cachePolicy('max-age=60'),
    hasStrongDate: true,
    isConditional: true,
    acceptsRanges: true,
    ...changes,
  });
}

test('with a status set in front, the whole file is sent with it, whatever the conditions and ranges', () => {
  for (const headers of [{ 'if-match': '"b"' }, { 'if-none-match': '*' }, { range: 'bytes=0-1' }]) {
    const { status, content } = decide({ method: 'GET', headers, responseStatus: 404 }, representation());
    expect([status, content]).toEqual([
      404,
      { parts: [{ header: '', range: { start: 0, end: 9 } }], closingDelimiter: '' },
    ]);
  }
});

test('a failed If-Match responds 412', () => {
  const request = { method: 'GET', headers: { 'if-match': '"other"' } };
  expect(decide(request, representation()).status).toBe(412);
});

test('If-None-Match with the current ETag responds 304, before Range is evaluated', () => {
  const request = { method: 'GET', headers: { 'if-none-match': '"x"', range: 'bytes=0-1' } };
  expect(decide(request, representation()).status).toBe(304);
});

test('HEAD ignores Range and has no content', () => {
  const request = { method: 'HEAD', headers: { range: 'bytes=0-1' } };
  expect(decide(request, representation())).toMatchObject({ status: 200, content: null });
});

test('a range beyond the end responds 416 with the length', () => {
  const { status, headers } = decide({ method: 'GET', headers: { range: 'bytes=10-' } }, representation());
  expect([status, headers.at(-1)]).toEqual([416, 'bytes */10']);
});

test('If-Range with the date responds 206 only if preconditions are evaluated', () => {
  const request = { method: 'GET', headers: { range: 'bytes=0-1', 'if-range': lastModified } };
  expect(decide(request, representation()).status).toBe(206);
  expect(decide(request, representation({ etag: undefined, isConditional: false })).status).toBe(200);
});

test('a 304 has Last-Modified only if there is no ETag', () => {
  const request = { method: 'GET', headers: { 'if-modified-since': lastModified } };
  expect(decide(request, representation()).headers).not.toContain('Last-Modified');
  expect(decide(request, representation({ etag: undefined })).headers).toContain('Last-Modified');
});
