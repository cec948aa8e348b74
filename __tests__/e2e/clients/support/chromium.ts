import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { SharedDataMiddleware, type SharedDataOptions } from '../../../../src/index';
import { folderWith } from '../../../support/files';
import { start } from './programs';
import { serveRecorded, type Exchange } from './recorded';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--mute-audio',
  '--autoplay-policy=no-user-gesture-required',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** Opens a page that has access to the files of a directory. Resolves with the report of the page. */
export async function browse(
  page: string,
  folder: string,
  options: SharedDataOptions = {},
): Promise<{ report: unknown; exchanges: Exchange[] }> {
  const reports = new EventEmitter();
  const shared = new SharedDataMiddleware(
    async (req, res) => {
      if (req.url === '/report') reports.emit('report', await json(req));
      res.writeHead(404).end(req.headers['available-dictionary']);
    },
    { '/pages': join(__dirname, '../pages'), '/files': folder },
    options,
  );
  const { origin, exchanges } = await serveRecorded(shared.listener);
  const [report] = (await openUntil(`${origin}/pages/${page}`, once(reports, 'report'))) as [unknown];
  return { report, exchanges: exchanges() };
}

/** Opens a URL, and resolves with a result that the pages cause. */
export async function openUntil<T>(url: string, result: Promise<T>): Promise<T> {
  const home = folderWith();
  const { child, ended } = start('chromium', [...FLAGS, `--user-data-dir=${home}`, url], home);
  const endedEarly = ended.then(({ code, stderr }) => {
    throw new Error(`chromium ended with ${code} before ${url} had reported: ${stderr}`);
  });
  try {
    return await Promise.race([result, endedEarly]);
  } finally {
    child.kill();
    await ended;
  }
}
