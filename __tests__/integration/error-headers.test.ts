import { plainResponse } from '../../src/http/plain-response';
import { send } from '../../src/send/send';
import { rawRequest, serve } from '../support/server';

test.each([412, 416, 500])('a %d response has no field of a content that was set before', async (status) => {
  const { port } = await serve((_req, res) => {
    res.setHeader('Content-Encoding', 'gzip');
    res.setHeader('Content-Language', 'en');
    res.setHeader('ETag', '"old"');
    res.setHeader('Last-Modified', 'Thu, 29 Feb 2024 12:00:00 GMT');
    res.setHeader('Vary', 'Origin');
    void send(plainResponse(status), res);
  });
  const { headers } = await rawRequest(port, 'GET', '/');
  for (const name of ['content-encoding', 'content-language', 'etag', 'last-modified']) {
    expect(headers).not.toHaveProperty(name);
  }
  expect(headers).toMatchObject({ vary: 'Origin', 'content-type': 'text/plain; charset=utf-8' });
});
