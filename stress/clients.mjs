// What the clients of the soak do. Each does one thing once, and tells what was wrong with the answer, if anything.
import { get } from 'node:http';
import { connect } from 'node:net';

/** Milliseconds after which a client counts as hanging. Less would measure the machine, which has much to do. */
const LONGEST_WAIT = 10_000;

const WORD = 8;

/** One answer, however it ended. */
export function ask(port, path, { headers = {}, agent, leaveAfter = Infinity } = {}) {
  const begun = performance.now();
  return new Promise((resolve) => {
    const chunks = [];
    let passed = 0;
    const done = (outcome) =>
      resolve({ ...outcome, body: Buffer.concat(chunks), waited: performance.now() - begun });
    const request = get({ port, host: '127.0.0.1', path, headers, agent }, (response) => {
      response.on('data', (chunk) => {
        chunks.push(chunk);
        passed += chunk.length;
        if (passed >= leaveAfter) request.destroy();
      });
      response.on('error', () => {});
      response.on('close', () =>
        done({ status: response.statusCode, fields: response.headers, whole: response.complete }),
      );
    });
    request.on('error', () => done({ status: 0, fields: {}, whole: false }));
  });
}

/** A failing disk gives 500 or 503, or breaks an answer off. */
function isExcused({ status, whole }) {
  return status === 500 || status === 503 || !whole;
}

function wrongInGeneral({ status, whole, fields, body, waited }) {
  if (waited > LONGEST_WAIT) return `waited ${Math.round(waited)} ms`;
  if (whole && status === 200 && Number(fields['content-length']) !== body.length) return 'wrong length';
  if (body.includes('canary')) return 'a canary';
  return undefined;
}

/** A file that never changes: whole, in part, and from the client's cache. */
export async function readStable({ port, agent, path, content, random }) {
  const way = random(3);
  if (way === 0) {
    const start = random(content.length);
    const end = Math.min(content.length - 1, start + random(200_000));
    const answer = await ask(port, path, { agent, headers: { Range: `bytes=${start}-${end}` } });
    const isRight = answer.status === 206 && answer.body.equals(content.subarray(start, end + 1));
    return {
      answer,
      wrong: wrongInGeneral(answer) ?? (isRight || isExcused(answer) ? undefined : 'wrong part'),
    };
  }
  const answer = await ask(port, path, { agent });
  const isRight = answer.status === 200 && answer.body.equals(content);
  if (!isRight)
    return { answer, wrong: wrongInGeneral(answer) ?? (isExcused(answer) ? undefined : 'wrong bytes') };
  if (way === 1) return { answer, wrong: wrongInGeneral(answer) };
  const again = await ask(port, path, { agent, headers: { 'If-None-Match': answer.fields.etag } });
  const isFresh = again.status === 304 || isExcused(again);
  return { answer: again, wrong: isFresh ? wrongInGeneral(again) : `${again.status} instead of 304` };
}

/** A file that is replaced all the time: one version, with a tag that no other content has. */
export async function readChanging({ port, agent, path, tags }) {
  const answer = await ask(port, path, { agent });
  let wrong = wrongInGeneral(answer);
  if (wrong === undefined && answer.status === 200 && answer.whole) {
    const words = new Set();
    for (let at = 0; at + WORD <= answer.body.length; at += WORD)
      words.add(answer.body.toString('latin1', at, at + WORD));
    const [word = ''] = words;
    const content = `${word} ${answer.body.length}`;
    const known = tags.get(answer.fields.etag) ?? content;
    tags.set(answer.fields.etag, content);
    if (words.size > 1) wrong = 'two versions in one body';
    else if (known !== content) wrong = 'one tag for two contents';
    if (tags.size > 10_000) tags.clear();
  }
  return { answer, wrong };
}

/** A loader that fails: the answer says so, or the client gives up. */
export async function askFlaky({ port, random }) {
  const how = ['throws', 'rejects', 'nonsense', 'late', 'short', 'breaks', 'never'][random(7)];
  if (how === 'never') {
    await leave(port, `GET /flaky/never HTTP/1.1\r\nHost: h\r\n\r\n`, 50);
    return { answer: { status: 0 } };
  }
  const answer = await ask(port, `/flaky/${how}`);
  const expected = { throws: 500, rejects: 500, nonsense: 500, late: 200, short: 200, breaks: 200 }[how];
  const isCut = how === 'short' || how === 'breaks';
  if (answer.status !== expected || answer.whole === isCut)
    return { answer, wrong: `${how}: ${answer.status}` };
  return { answer, wrong: wrongInGeneral(answer) };
}

/** What a hostile client might send: no canary comes back, and no 500. */
export async function askHostile({ port, random }) {
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
  const status = Number(bytes.toString('latin1', 9, 12));
  if (bytes.includes('canary')) return { answer: { status }, wrong: `a canary for ${target}` };
  return { answer: { status } };
}

/** Several requests in one go, and off before the answers. */
export async function pipelineAndLeave({ port, random }) {
  await leave(port, 'GET /s/large.bin HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(1 + random(8)), random(30));
  return { answer: { status: 0 } };
}

/** Off in the middle of an upload. */
export async function uploadAndLeave({ port, random }) {
  const head = `POST /s/small.txt HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n`;
  await leave(port, head + 'x'.repeat(random(20_000)), random(30));
  return { answer: { status: 0 } };
}

/** Off in the middle of a download. */
export async function downloadAndLeave({ port, random }) {
  const answer = await ask(port, '/s/large.bin', { leaveAfter: random(4_000_000) });
  return { answer };
}

/** Reads nothing for two seconds, then leaves. */
export async function stall({ port }) {
  await leave(port, 'GET /s/large.bin HTTP/1.1\r\nHost: h\r\n\r\n', 2000);
  return { answer: { status: 0 } };
}

function leave(port, bytes, milliseconds) {
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
