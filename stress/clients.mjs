// The clients of the soak test. Each function performs one action and resolves with the `response` and, if it
// is incorrect, with a `problem`.
import { get } from 'node:http';
import { connect } from 'node:net';

/** A response that takes longer counts as hanging. The limit allows for a machine under full load. */
const MAX_WAIT_MS = 10_000;

/** The content of files that must not be served. No path contains it, because error messages contain paths. */
export const CANARY = 'content that is not served';

/** A changing file consists of one repeated word of this many bytes. Each version has another word. */
const WORD_BYTES = 8;

/**
 * Sends a GET request. Resolves, never rejects: the status is 0 without a response, and `complete` is false
 * for a truncated one. Disconnects after `disconnectAfter` bytes of the body.
 */
export function sendRequest(port, path, { headers = {}, agent, disconnectAfter = Infinity } = {}) {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const chunks = [];
    let received = 0;
    const done = (outcome) =>
      resolve({ ...outcome, body: Buffer.concat(chunks), milliseconds: performance.now() - startedAt });
    const request = get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
      response.on('data', (chunk) => {
        chunks.push(chunk);
        received += chunk.length;
        if (received >= disconnectAfter) request.destroy();
      });
      response.on('error', () => {});
      response.on('close', () =>
        done({ status: response.statusCode, headers: response.headers, complete: response.complete }),
      );
    });
    request.on('error', () => done({ status: 0, headers: {}, complete: false }));
  });
}

/** An injected disk fault causes a 500 or 503, or truncates the response. */
function isFault({ status, complete }) {
  return status === 500 || status === 503 || !complete;
}

/** Checks what holds for every response. */
function findProblem({ status, complete, headers, body, milliseconds }) {
  if (milliseconds > MAX_WAIT_MS) return `took ${Math.round(milliseconds)} ms`;
  if (complete && status === 200 && Number(headers['content-length']) !== body.length) return 'wrong length';
  if (body.includes(CANARY)) return 'a canary in the body';
  return undefined;
}

/** Reads a file that never changes: the whole file, a range of it, or the whole file with a revalidation. */
export async function readStable({ port, agent, path, content, random }) {
  const variant = random(3);
  if (variant === 0) {
    const start = random(content.length);
    const end = Math.min(content.length - 1, start + random(200_000));
    const response = await sendRequest(port, path, { agent, headers: { Range: `bytes=${start}-${end}` } });
    const isCorrect = response.status === 206 && response.body.equals(content.subarray(start, end + 1));
    const problem = isCorrect || isFault(response) ? undefined : 'wrong range';
    return { response, problem: findProblem(response) ?? problem };
  }
  const response = await sendRequest(port, path, { agent });
  const isCorrect = response.status === 200 && response.body.equals(content);
  if (!isCorrect) {
    const problem = isFault(response) ? undefined : 'wrong content';
    return { response, problem: findProblem(response) ?? problem };
  }
  if (variant === 1) return { response, problem: findProblem(response) };
  const headers = { 'If-None-Match': response.headers.etag };
  const second = await sendRequest(port, path, { agent, headers });
  const isValid = second.status === 304 || isFault(second);
  return { response: second, problem: isValid ? findProblem(second) : `${second.status} instead of 304` };
}

/**
 * Reads a file that is replaced continuously. A body has the content of one version, and two contents never
 * have the same entity tag.
 */
export async function readChanging({ port, agent, path, contents }) {
  const response = await sendRequest(port, path, { agent });
  const { status, complete, headers, body } = response;
  let problem = findProblem(response);
  if (problem === undefined && status === 200 && complete) {
    const words = new Set();
    for (let offset = 0; offset + WORD_BYTES <= body.length; offset += WORD_BYTES)
      words.add(body.toString('latin1', offset, offset + WORD_BYTES));
    const [word = ''] = words;
    const content = `${word} ${body.length}`;
    const previousContent = contents.get(headers.etag) ?? content;
    contents.set(headers.etag, content);
    if (words.size > 1) problem = 'two versions in one body';
    else if (previousContent !== content) problem = 'one entity tag for two contents';
    if (contents.size > 10_000) contents.clear();
  }
  return { response, problem };
}

/** Requests from a loader that fails. The response reports the error, or the client disconnects. */
export async function requestFlakyLoader({ port, random }) {
  const failures = ['throws', 'rejects', 'malformed', 'late', 'short', 'aborts', 'never'];
  const failure = failures[random(failures.length)];
  if (failure === 'never') {
    await sendAndDisconnect(port, `GET /flaky/never HTTP/1.1\r\nHost: h\r\n\r\n`, 50);
    return { response: { status: 0 } };
  }
  const response = await sendRequest(port, `/flaky/${failure}`);
  const expectedStatus = failure === 'late' || failure === 'short' || failure === 'aborts' ? 200 : 500;
  const isTruncated = failure === 'short' || failure === 'aborts';
  // Fastify and Hono can abort, or respond 500, before they have sent the header.
  if (isTruncated && (response.status === 0 || response.status === 500)) return { response };
  if (response.status !== expectedStatus || response.complete === isTruncated)
    return { response, problem: `${failure}: ${response.status}` };
  return { response, problem: findProblem(response) };
}

/** Requests hostile paths. The response never contains a canary. */
export async function requestHostilePath({ port, random }) {
  const names = [
    'private',
    'canary.txt',
    '..',
    '.',
    '',
    '.env',
    'linked',
    's',
    '%2e%2e',
    '%2f',
    '%5c',
    '%00',
    '\\',
  ];
  const segments = Array.from({ length: 1 + random(6) }, () => names[random(names.length)]);
  const target = `${random(3) === 0 ? '' : '/s/'}${segments.join(random(4) === 0 ? '//' : '/')}`;
  const bytes = await exchange(port, `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
  const response = { status: Number(bytes.toString('latin1', 9, 12)) };
  if (bytes.includes(CANARY)) return { response, problem: `a canary for ${target}` };
  return { response };
}

/** Pipelines several requests and disconnects before the responses. */
export async function pipelineAndDisconnect({ port, random }) {
  const requests = 'GET /s/large.bin HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(1 + random(8));
  await sendAndDisconnect(port, requests, random(30));
  return { response: { status: 0 } };
}

/** Disconnects in the middle of an upload. */
export async function uploadAndDisconnect({ port, random }) {
  const head = `POST /s/small.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n`;
  await sendAndDisconnect(port, head + 'x'.repeat(random(20_000)), random(30));
  return { response: { status: 0 } };
}

/** Disconnects in the middle of a download. */
export async function downloadAndDisconnect({ port, random }) {
  const response = await sendRequest(port, '/s/large.bin', { disconnectAfter: random(4_000_000) });
  return { response };
}

/** Reads nothing for two seconds, then disconnects. */
export async function stall({ port }) {
  await sendAndDisconnect(port, 'GET /s/large.bin HTTP/1.1\r\nHost: h\r\n\r\n', 2000);
  return { response: { status: 0 } };
}

function sendAndDisconnect(port, bytes, milliseconds) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(bytes);
    setTimeout(() => {
      socket.destroy();
      resolve();
    }, milliseconds);
  });
}

function exchange(port, bytes) {
  return new Promise((resolve) => {
    const chunks = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(chunks)));
  });
}
