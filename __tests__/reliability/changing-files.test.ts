import { createHash } from 'node:crypto';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { SharedDataMiddleware } from '../../src';
import { folderWith } from '../support/files';
import { eventually, openDescriptors } from '../support/process';
import { app, serve } from '../support/server';
import { startWriter, WORD, type WayToWrite } from './support/writer';

/** `npm run test:changing` writes for longer. */
const SECONDS = Number(process.env['CHANGING_SECONDS'] ?? 0.5);

const CLIENTS = 12;

/** Milliseconds that a client may have to wait. */
const LONGEST_WAIT = 2000;

/** A sixteenth of it, 64 KiB, is what a file may have to be kept in memory. */
const memoryLimit = 1024 * 1024;

interface Got {
  readonly status: number;
  readonly etag: string | undefined;
  readonly body: Buffer;
  readonly announced: number;
  /** False where the connection was broken off before the end. */
  readonly whole: boolean;
  readonly waited: number;
}

function ask(port: number, agent: Agent): Promise<Got> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', path: '/s/file.bin', agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => undefined);
      response.on('close', () => {
        const { statusCode: status = 0, headers, complete: whole } = response;
        const announced = Number(headers['content-length']);
        const waited = performance.now() - begun;
        resolve({ status, etag: headers.etag, body: Buffer.concat(chunks), announced, whole, waited });
      });
    });
    request.on('error', reject);
  });
}

/** The versions that the words of a body belong to. */
function versionsIn(body: Buffer): Set<string> {
  const versions = new Set<string>();
  for (let at = 0; at + WORD <= body.length; at += WORD) versions.add(body.toString('latin1', at, at + WORD));
  return versions;
}

/** What twelve clients saw while a file was written, and what one saw afterwards. */
async function watch(way: WayToWrite, size: number) {
  const folder = folderWith();
  const { port } = await serve(new SharedDataMiddleware(app, { '/s': folder }, { memoryLimit }).listener);
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const descriptors = openDescriptors();
  const writer = await startWriter(way, join(folder, 'file.bin'), size);
  const contents = new Map<string, string>();
  const seen = {
    answers: 0,
    missing: 0,
    cut: 0,
    mixed: 0,
    wrongLength: 0,
    sharedTags: 0,
    longest: 0,
    odd: 0,
  };
  const versions = new Set<string>();
  let isOver = false;
  async function client(): Promise<void> {
    while (!isOver) {
      const { status, etag, body, announced, whole, waited } = await ask(port, agent);
      seen.longest = Math.max(seen.longest, waited);
      if (status === 404) seen.missing += 1;
      else if (status !== 200) seen.odd += 1;
      else if (!whole) seen.cut += 1;
      else {
        seen.answers += 1;
        const found = versionsIn(body);
        for (const version of found) versions.add(version);
        if (found.size > 1) seen.mixed += 1;
        if (body.length !== announced) seen.wrongLength += 1;
        const content = createHash('sha256').update(body).digest('hex');
        if (etag !== undefined && (contents.get(etag) ?? content) !== content) seen.sharedTags += 1;
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
  return { ...seen, versions: versions.size, last, after };
}

const SIZES = [
  ['kept in memory', 20_000],
  ['too large for that', 400_000],
] as const;

describe.each(SIZES)('a file that is %s, read by 12 clients while it', (_kind, size) => {
  test.each<[string, WayToWrite]>([
    ['is replaced by rename with other sizes', 'rename with other sizes'],
    ['is replaced by rename with the same size every millisecond', 'rename'],
    ['is rewritten in place', 'in place'],
    ['is cut short and written again', 'truncate'],
    ['is deleted and made again', 'delete'],
  ])(
    '%s',
    async (_what, way) => {
      const seen = await watch(way, size);
      const { longest, versions, last, after, answers, missing, cut, mixed, ...wrong } = seen;
      expect(wrong).toEqual({ wrongLength: 0, sharedTags: 0, odd: 0 });
      expect(longest).toBeLessThan(LONGEST_WAIT);
      expect([...versionsIn(after.body)]).toEqual([last]);
      expect(after.body.length).toBe(after.announced);
      expect(answers).toBeGreaterThan(0);
      expect(versions).toBeGreaterThan(1);
      const isWhole = way !== 'in place' && way !== 'truncate';
      if (isWhole) expect({ mixed, cut }).toEqual({ mixed: 0, cut: 0 });
      if (way !== 'delete') expect(missing).toBe(0);
    },
    SECONDS * 1000 + 30_000,
  );
});
