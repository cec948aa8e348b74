import { createHash } from 'node:crypto';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, serve } from '../support/server';
import { startWriter, WORD, type WriteMode } from './support/writer';

/** Seconds during which the file is changed. `npm run test:changing` sets more. */
const SECONDS = Number(process.env['CHANGING_SECONDS'] ?? 0.5);

const CLIENTS = 12;

/** The longest permitted response time, in milliseconds. */
const MAX_RESPONSE_MS = 2000;

/** Files of up to a sixteenth of the limit, 64 KiB, are cached in memory. */
const memoryLimit = 1024 * 1024;

interface Received {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Buffer;
  readonly contentLength: number;
  /** False if the connection was closed before the end of the body. */
  readonly isComplete: boolean;
  /** Milliseconds until the end of the response. */
  readonly elapsed: number;
}

function ask(port: number, agent: Agent): Promise<Received> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/s/file.bin', agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () => {
        const { statusCode: status = 0, headers, complete: isComplete } = response;
        const contentLength = Number(headers['content-length']);
        const elapsed = performance.now() - startedAt;
        resolve({
          status,
          etag: headers.etag,
          body: Buffer.concat(chunks),
          contentLength,
          isComplete,
          elapsed,
        });
      });
    });
    request.on('error', reject);
  });
}

/** The versions of the file that a body contains parts of. */
function versionsIn(body: Buffer): Set<string> {
  const versions = new Set<string>();
  for (let at = 0; at + WORD <= body.length; at += WORD) versions.add(body.toString('latin1', at, at + WORD));
  return versions;
}

/** Counts what twelve clients receive while the file changes, and requests it once more afterwards. */
async function observe(mode: WriteMode, size: number) {
  const folder = folderWith();
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }, { memoryLimit }).listener);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const descriptors = openDescriptors();
  const writer = await startWriter(mode, join(folder, 'file.bin'), size);
  const contents = new Map<string, string>();
  const counts = {
    complete: 0,
    notFound: 0,
    truncated: 0,
    mixed: 0,
    wrongLength: 0,
    sharedEtags: 0,
    slowest: 0,
    unexpected: 0,
  };
  const versions = new Set<string>();
  let isOver = false;
  async function client(): Promise<void> {
    while (!isOver) {
      const { status, etag, body, contentLength, isComplete, elapsed } = await ask(port, agent);
      counts.slowest = Math.max(counts.slowest, elapsed);
      if (status === 404) counts.notFound += 1;
      else if (status !== 200) counts.unexpected += 1;
      else if (!isComplete) counts.truncated += 1;
      else {
        counts.complete += 1;
        const found = versionsIn(body);
        for (const version of found) versions.add(version);
        if (found.size > 1) counts.mixed += 1;
        if (body.length !== contentLength) counts.wrongLength += 1;
        const content = createHash('sha256').update(body).digest('hex');
        if (etag !== undefined && (contents.get(etag) ?? content) !== content) counts.sharedEtags += 1;
        if (etag !== undefined) contents.set(etag, content);
      }
    }
  }
  const clients = Array.from({ length: CLIENTS }, client);
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  const last = await writer.stop();
  const after = await ask(port, agent);
  isOver = true;
  await Promise.all(clients);
  agent.destroy();
  await eventually(() => {
    expect(openDescriptors()).toBeLessThanOrEqual(descriptors);
  });
  return { ...counts, versions: versions.size, last, after };
}

const SIZES = [
  ['small enough for the memory cache', 20_000],
  ['too large for the memory cache', 400_000],
] as const;

describe.each(SIZES)('a file that is %s is served correctly to 12 clients while it', (_kind, size) => {
  test.each<[string, WriteMode]>([
    ['is replaced by rename with other sizes', 'rename with other sizes'],
    ['is replaced by rename with the same size every millisecond', 'rename'],
    ['is rewritten in place', 'in place'],
    ['is truncated and rewritten', 'truncate'],
    ['is deleted and created again', 'delete'],
  ])(
    '%s',
    async (_what, mode) => {
      const counts = await observe(mode, size);
      const { slowest, versions, last, after, complete, notFound, truncated, mixed, ...wrong } = counts;
      expect(wrong).toEqual({ wrongLength: 0, sharedEtags: 0, unexpected: 0 });
      expect(slowest).toBeLessThan(MAX_RESPONSE_MS);
      expect([...versionsIn(after.body)]).toEqual([last]);
      expect(after.body.length).toBe(after.contentLength);
      expect(complete).toBeGreaterThan(0);
      expect(versions).toBeGreaterThan(1);
      const isAtomic = mode !== 'in place' && mode !== 'truncate';
      if (isAtomic) expect({ mixed, truncated }).toEqual({ mixed: 0, truncated: 0 });
      if (mode !== 'delete') expect(notFound).toBe(0);
    },
    SECONDS * 1000 + 30_000,
  );
});
