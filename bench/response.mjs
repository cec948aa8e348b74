import { connect } from 'node:http2';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Throws if a server does not respond as the scenario expects: its status, coding and length. */
export async function checkResponse(port, request, { protocol, status = 200, coding, length }) {
  const { headers, statusCode, bodyLength } = await responseTo(port, request, protocol);
  const actualCoding = headers['content-encoding'];
  if (statusCode !== status) throw new Error(`responds ${statusCode} instead of ${status}`);
  if (actualCoding !== coding)
    throw new Error(`sends ${actualCoding ?? 'no coding'} instead of ${coding ?? 'no coding'}`);
  if (length !== undefined && bodyLength !== length)
    throw new Error(`sends ${bodyLength} bytes instead of ${length}`);
}

/** The header field that revalidates a file: If-None-Match, or If-Modified-Since without an entity tag. */
export async function conditionalHeaders(port, request) {
  const { headers } = await responseTo(port, request);
  return headers.etag === undefined
    ? { 'If-Modified-Since': headers['last-modified'] ?? new Date().toUTCString() }
    : { 'If-None-Match': headers.etag };
}

/** Uses the modules of Node, because `fetch` adds a Cache-Control field to a conditional request. */
function responseTo(port, { path = '/mix/0.txt', headers = {}, method = 'GET' }, protocol = 'http') {
  if (protocol === 'h2') return http2ResponseTo(port, path);
  const send = protocol === 'https' ? httpsRequest : httpRequest;
  const options = { host: '127.0.0.1', port, path, method, headers, agent: false, rejectUnauthorized: false };
  return new Promise((resolve, reject) => {
    const clientRequest = send(options, (response) => {
      const { statusCode, headers } = response;
      let bodyLength = 0;
      response.on('data', (chunk) => (bodyLength += chunk.length));
      response.on('end', () => resolve({ statusCode, headers, bodyLength }));
      response.on('error', reject);
    });
    const message = 'sends no complete response within 10 seconds';
    clientRequest.setTimeout(10_000, () => clientRequest.destroy(new Error(message)));
    clientRequest.on('error', reject).end();
  });
}

function http2ResponseTo(port, path) {
  const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({ ':path': path });
    let headers;
    let bodyLength = 0;
    stream.on('response', (received) => (headers = received));
    stream.on('data', (chunk) => (bodyLength += chunk.length));
    stream.on('end', () => resolve({ statusCode: headers[':status'], headers, bodyLength }));
    stream.on('error', reject);
  }).finally(() => session.close());
}
