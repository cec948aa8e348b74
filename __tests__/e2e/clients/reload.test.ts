import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { served } from '../../support/cli';
import { folderWith, put } from '../../support/files';
import { serve } from '../../support/server';
import { openUntil } from './support/chromium';

/** What a page and its script show: their versions before, and at a reload after both have been edited. */
async function versionsShown(...options: string[]): Promise<string[]> {
  const shown: string[] = [];
  const reloaded = new EventEmitter();
  const { origin } = await serve((req, res) => {
    shown.push(String(req.url).slice(1));
    if (shown.length === 2) reloaded.emit('shown');
    writeSite(site, origin, 2);
    res.writeHead(204, { 'Access-Control-Allow-Origin': '*' }).end();
  });
  const site = folderWith();
  writeSite(site, origin, 1);
  await openUntil(`http://127.0.0.1:${await served(site, ...options)}/`, once(reloaded, 'shown'));
  return shown;
}

/** Writes a page that reports its version and that of its script, and then reloads itself. */
function writeSite(site: string, origin: string, version: 1 | 2): void {
  put(join(site, 'index.html'), `<!doctype html><title>${version}</title><script src="app.js"></script>`);
  const script = `fetch('${origin}/' + document.title + ${version}).then(() => location.reload());`;
  put(join(site, 'app.js'), script);
}

test.each([[[]], [['--no-cache']], [['--single', '--immutable', 'assets/']]])(
  'with %j, Chromium shows an edited page and its edited script at the next reload',
  async (options) => {
    expect(await versionsShown(...options)).toEqual(['11', '22']);
  },
);
