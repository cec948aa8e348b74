import { rawRequest } from '../../support/server';

/** The href values in the table of a page, with character references decoded. */
function hrefs(page: string): string[] {
  const rows = page.slice(page.indexOf('<tbody>'));
  return [...rows.matchAll(/<a href="([^"]*)"/g)].map(([, href = '']) =>
    href.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code))),
  );
}

export async function pageAt(port: number, target: string): Promise<string> {
  const { status, headers, body } = await rawRequest(port, 'GET', target);
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  return body.toString();
}

export async function namesAt(port: number, target: string): Promise<string[]> {
  return hrefs(await pageAt(port, target));
}

export async function statusesAt(port: number, ...targets: string[]): Promise<number[]> {
  return Promise.all(targets.map(async (target) => (await rawRequest(port, 'GET', target)).status));
}
