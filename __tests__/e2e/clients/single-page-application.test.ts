import { execFileSync } from 'node:child_process';
import { EventEmitter, on } from 'node:events';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { SharedDataMiddleware, type App } from '../../../src/index';
import { folderWith } from '../../support/files';
import { openUntil } from './support/chromium';
import { serveRecorded, type Exchange } from './support/recorded';

const folder = folderWith();
const [current, next] = [join(folder, 'current'), join(folder, 'next')];

beforeAll(() => {
  const script = join(__dirname, 'support/build-application.mjs');
  execFileSync(process.execPath, [script, current, '1']);
  execFileSync(process.execPath, [script, next, '2']);
});

interface Report {
  readonly step: string;
  readonly path: string;
  readonly text: string;
}

/** Replaces the files of the first release, as a deploy does that keeps no old files. */
function deploy(): void {
  rmSync(current, { recursive: true });
  renameSync(next, current);
}

async function visit(): Promise<{ reports: Report[]; exchanges: Exchange[] }> {
  const received = new EventEmitter();
  const app: App = async (req, res) => {
    if (req.url === '/deploy') deploy();
    if (req.url === '/report') received.emit('report', await json(req));
    res.writeHead(req.method === 'POST' ? 204 : 404).end();
  };
  const shared = new SharedDataMiddleware(
    app,
    { '/app': current },
    { index: 'index.html', fallback: 'index.html', immutable: /^assets\// },
  );
  const { origin, exchanges } = await serveRecorded(shared.listener);
  const reports = collect(received);
  return { reports: await openUntil(`${origin}/app/user/1%2F2`, reports), exchanges: exchanges() };
}

async function collect(received: EventEmitter): Promise<Report[]> {
  const reports: Report[] = [];
  for await (const [report] of on(received, 'report') as AsyncIterable<[Report]>) {
    reports.push(report);
    if (report.step === 'after the deploy' || report.step === 'error') break;
  }
  return reports;
}

test('an application built by Vite works in Chromium: deep links, reload, back, and after a deploy', async () => {
  const oldScript = readdirSync(join(current, 'assets')).find((name) => name.startsWith('About')) ?? '';
  const { reports, exchanges } = await visit();

  expect(reports.map(({ step, path, text }) => [step, path, text])).toEqual([
    ['deep link', '/app/user/1%2F2', 'User 1/2'],
    ['reload', '/app/user/1%2F2', 'User 1/2'],
    ['link', '/app/user/@jane.doe', 'User @jane.doe'],
    ['back', '/app/user/1%2F2', 'User 1/2'],
    ['another document', '/app/user/a%2F%2Fb/v1.2', 'User a//b and v1.2'],
    ['back to the first document', '/app/user/1%2F2', 'User 1/2'],
    ['missing script', '/app/about', '404 text/plain; charset=utf-8 no-store'],
    ['after the deploy', '/app/about', 'About release 2'],
  ]);

  const statuses = (target: string): number[] =>
    exchanges.filter((exchange) => exchange.target === target).map(({ status }) => status);
  // The deep link, its reload, and the document that the back button may have to load again.
  expect(statuses('/app/user/1%2F2').slice(0, 2)).toEqual([200, 304]);
  expect(statuses('/app/about')).toEqual([200]);
  expect(new Set(statuses(`/app/assets/${oldScript}`))).toEqual(new Set([404]));
});
