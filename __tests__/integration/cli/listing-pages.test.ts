import { once } from 'node:events';
import { chmodSync, symlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SharedDataMiddleware, type FileLookup } from '../../../src/index';
import { served } from '../../support/cli';
import { folderWith } from '../../support/files';
import { eventually, openDescriptors, unprivileged } from '../../support/process';
import { rawExchange, rawRequest, serve } from '../../support/server';
import { namesAt, pageAt, statusesAt } from './listing-support';

// Thousands of files take long on a busy machine.
jest.setTimeout(60_000);

const FILES = 2_345;

const names = Array.from({ length: FILES }, (_, index) => `file${index}.txt`);
const large = folderWith({
  ...Object.fromEntries(names.map((name) => [name, ''])),
  'sub10/a.txt': '',
  'sub9/a.txt': '',
});
const inOrder = ['./sub9/', './sub10/', ...names.map((name) => `./${name}`)];

/** The links to other pages of a page, as their texts and targets. */
function pageLinks(page: string): string[][] {
  const links = page.matchAll(/<a href="\.\/(\?page=\d+)"[^>]*>(\w+)<\/a>/g);
  return [...links].map(([, target = '', text = '']) => [text, target]);
}

/** Follows the links to the next page from the first page. */
async function allNames(port: number, directory = '/'): Promise<string[][]> {
  const pages: string[][] = [];
  let target: string | undefined = '';
  while (target !== undefined) {
    pages.push(await namesAt(port, directory + target));
    const links = pageLinks(await pageAt(port, directory + target));
    target = links.find(([text]) => text === 'Next')?.[1];
  }
  return pages;
}

test('a large directory is listed in pages of 1,000 entries, folders first and numbers by value', async () => {
  const pages = await allNames(await served(large, '--listing'));
  expect(pages.map(({ length }) => length)).toEqual([1000, 1000, FILES + 2 - 2000]);
  expect(pages.flat()).toEqual(inOrder);
});

test('each page links to the first, the previous, the next and the last page', async () => {
  const port = await served(large, '--listing');
  const [next, last] = [
    ['Next', '?page=2'],
    ['Last', '?page=3'],
  ];
  expect(pageLinks(await pageAt(port, '/'))).toEqual([next, last]);
  expect(pageLinks(await pageAt(port, '/?page=1'))).toEqual([next, last]);
  expect(pageLinks(await pageAt(port, '/?page=2'))).toEqual([
    ['First', '?page=1'],
    ['Previous', '?page=1'],
    ['Next', '?page=3'],
    last,
  ]);
  expect(pageLinks(await pageAt(port, '/?page=3'))).toEqual([
    ['First', '?page=1'],
    ['Previous', '?page=2'],
  ]);
});

test('a directory with 1,000 entries has one page without links to others', async () => {
  const folder = folderWith(Object.fromEntries(names.slice(0, 1000).map((name) => [name, ''])));
  const port = await served(folder, '--listing');
  expect(await namesAt(port, '/')).toHaveLength(1000);
  expect(await pageAt(port, '/')).not.toContain('?page=');
  expect(await statusesAt(port, '/?page=1', '/?page=2')).toEqual([200, 404]);
});

test('the order does not depend on the request', async () => {
  const port = await served(large, '--listing');
  const pages = await Promise.all(Array.from({ length: 5 }, () => namesAt(port, '/?page=2')));
  for (const page of pages) expect(page).toEqual(inOrder.slice(1000, 2000));
});

test('a page that does not exist responds 404; other parameters of the query are ignored', async () => {
  const port = await served(large, '--listing');
  const missing = ['4', '0', '-1', '1.5', '01', '', 'x', '1e1', '9999999999', '<b>', '%00'];
  const targets = missing.map((page) => `/?page=${page}`);
  expect(await statusesAt(port, ...targets)).toEqual(targets.map(() => 404));
  expect(await namesAt(port, '/?sort=size&page=3&q=%')).toEqual(inOrder.slice(2000));
  expect(await namesAt(port, '/?q=page=3')).toEqual(inOrder.slice(0, 1000));
  expect(await statusesAt(port, '/sub9/?page=1', '/sub9/?page=2')).toEqual([200, 404]);
});

test('a directory without a trailing slash is redirected to the same page', async () => {
  const port = await served(large, '--listing', '--export', `/x/y=${large}`);
  const { status, headers } = await rawRequest(port, 'GET', '/x/y?page=2');
  expect([status, headers['location']]).toEqual([308, './y/?page=2']);
  expect(await namesAt(port, '/x/y/?page=2')).toEqual(inOrder.slice(1000, 2000));
});

test('HEAD of a page has the headers of GET and no body', async () => {
  const port = await served(large, '--listing');
  const [get, head] = await Promise.all(
    ['GET', 'HEAD'].map((method) => rawRequest(port, method, '/?page=3')),
  );
  expect({ ...head?.headers, date: '' }).toEqual({ ...get?.headers, date: '' });
  expect([head?.status, head?.body.length]).toEqual([200, 0]);
  expect(get?.headers['content-length']).toBe(String(get?.body.length));
});

test('exports with the same prefix are merged before the pages are made', async () => {
  const second = folderWith({ 'file0.txt': 'of the second', 'file1.5.txt': '', 'zzz.txt': '' });
  const port = await served('--listing', '--export', `/x=${large}`, '--export', `/x=${second}`);
  const listed = (await allNames(port, '/x/')).flat();
  expect(listed).toHaveLength(FILES + 4);
  expect(new Set(listed).size).toBe(FILES + 4);
  expect(listed.at(-1)).toBe('./zzz.txt');
  expect(await pageAt(port, '/x/')).toMatch(/file0\.txt<\/bdi><\/a><\/th><td>0 B</);
});

describe('no page shows', () => {
  const outside = folderWith({ 'secret.txt': 'secret' });

  async function listed(folder: string, ...args: string[]): Promise<string[]> {
    const port = await served(folder, '--listing', ...args);
    return unprivileged(async () => (await allNames(port)).flat());
  }

  const plain = names.map((name) => `./${name}`);

  test('dotfiles, or files that --disallow matches', async () => {
    const folder = folderWith({
      ...Object.fromEntries(names.map((name) => [name, ''])),
      ...Object.fromEntries(names.map((name) => [`.${name}`, ''])),
      ...Object.fromEntries(names.map((name) => [`${name}.map`, ''])),
      ...Object.fromEntries(names.map((name) => [`${name}.map.gz`, ''])),
    });
    chmodSync(folder, 0o755);
    expect(await listed(folder, '--disallow', '*.map')).toEqual(plain);
  });

  test('links out of the directory with --symlinks inside', async () => {
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, ''])));
    chmodSync(folder, 0o755);
    for (const name of names) symlinkSync(join(outside, 'secret.txt'), join(folder, `a-${name}`));
    expect(await listed(folder, '--symlinks', 'inside')).toEqual(plain);
  });

  test('files that cannot be read', async () => {
    const folder = folderWith(Object.fromEntries(names.map((name) => [name, ''])));
    for (const name of names.filter((_, index) => index % 3 === 0)) chmodSync(join(folder, name), 0);
    chmodSync(folder, 0o755);
    expect(await listed(folder)).toEqual(plain.filter((_, index) => index % 3 !== 0));
  });
});

test('clients that disconnect leave no descriptor open', async () => {
  const port = await served(large, '--listing');
  await statusesAt(port, '/', '/file1.txt');
  const before = openDescriptors();
  for (let round = 0; round < 3; round++) {
    const sockets = Array.from({ length: 20 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.write('GET /?page=2 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    // A response behind the listing shows that the server has received the requests.
    expect(await statusesAt(port, '/file1.txt')).toEqual([200]);
    for (const socket of sockets) socket.destroy();
  }
  expect(await namesAt(port, '/?page=2')).toEqual(inOrder.slice(1000, 2000));
  await eventually(() => {
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });
});

test('a listing stops when its client disconnects, and makes room for others', async () => {
  const calls = new Map<string, number>();
  const [clients, connections] = [new Map<string, Socket>(), new Map<string, Socket>()];
  class Recorded extends SharedDataMiddleware {
    override async isAllowed(_filename: string, { request }: FileLookup): Promise<boolean> {
      const url = String(request.url);
      const call = (calls.get(url) ?? 0) + 1;
      calls.set(url, call);
      const [client, connection] = [clients.get(url), connections.get(url)];
      if (client === undefined || connection === undefined || call !== 10) return true;
      client.destroy();
      await once(connection, 'close');
      // The response gets the event in the same turn.
      await setImmediate();
      return true;
    }
  }
  const shared = new Recorded(null, { '/': large }, { listing: true });
  const { port } = await serve((req, res) => {
    connections.set(String(req.url), req.socket);
    shared.listener(req, res);
  });
  const targets = Array.from({ length: 10 }, (_, index) => `/?request=${index}`);
  const closed = targets.map(async (target) => {
    const socket = connect(port, '127.0.0.1');
    clients.set(target, socket);
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await once(socket, 'close');
  });
  await Promise.all(closed);
  expect(await namesAt(port, '/')).toHaveLength(1000);
  expect(targets.map((target) => calls.get(target))).toEqual(targets.map(() => 10));
});

test('pipelined requests for listings are handled one after the other', async () => {
  const events: string[] = [];
  // A request is handled when the listing before it is being made, so that the order is always the same.
  const held: (() => void)[] = [];
  class Recorded extends SharedDataMiddleware {
    override isAllowed(_filename: string, { request }: FileLookup): boolean {
      const event = `read ${String(request.url)}`;
      if (events.at(-1) !== event) {
        events.push(event);
        held.shift()?.();
      }
      return true;
    }
  }
  const shared = new Recorded(null, { '/': large }, { listing: true });
  const targets = Array.from({ length: 5 }, (_, index) => `/?page=1&request=${index}`);
  const { port } = await serve((req, res) => {
    res.on('finish', () => events.push(`sent ${String(req.url)}`));
    if (req.url === targets[0]) shared.listener(req, res);
    else
      held.push(() => {
        shared.listener(req, res);
      });
  });
  const requests = targets.map(
    (target, index) =>
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${index === 4 ? 'Connection: close\r\n' : ''}\r\n`,
  );
  const bytes = await rawExchange(port, Buffer.from(requests.join('')));
  expect(bytes.toString().match(/HTTP\/1\.1 200/g)).toHaveLength(5);
  expect(events).toEqual(targets.flatMap((target) => [`read ${target}`, `sent ${target}`]));
});

test('a listing that is delayed in front of the middleware does not wait forever for the next one', async () => {
  const shared = new SharedDataMiddleware(null, { '/': large }, { listing: true, timeout: 100 });
  const { port } = await serve((req, res) => {
    const delay = req.url === '/?page=1' ? setImmediate() : Promise.resolve();
    void delay.then(() => {
      shared.listener(req, res);
    });
  });
  const heads = ['1', '2', '3'].map((page) => `GET /?page=${page} HTTP/1.1\r\nHost: localhost\r\n`);
  const bytes = await rawExchange(port, Buffer.from(`${heads.join('\r\n')}Connection: close\r\n\r\n`));
  const [first, second, ...others] = bytes.toString().match(/HTTP\/1\.1 \d+/g) ?? [];
  expect([first, second, others.length]).toEqual(['HTTP/1.1 503', 'HTTP/1.1 200', 1]);
});

test('pipelined listings are sent in the order of their requests, whichever directory is found first', async () => {
  const folder = folderWith({ 'slow/first.txt': '', 'fast/second.txt': '' });
  let readSecond = (): void => undefined;
  const secondIsRead = new Promise<void>((resolve) => (readSecond = resolve));
  class Delayed extends SharedDataMiddleware {
    override async isAllowed(filename: string): Promise<boolean> {
      if (filename === 'slow') await secondIsRead;
      if (filename === 'second.txt') readSecond();
      return true;
    }
  }
  const { port } = await serve(new Delayed(null, { '/': folder }, { listing: true }).listener);
  const requests = 'GET /slow/ HTTP/1.1\r\nHost: localhost\r\n\r\nGET /fast/ HTTP/1.1\r\nHost: localhost\r\n';
  const bytes = await rawExchange(port, Buffer.from(`${requests}Connection: close\r\n\r\n`));
  expect(bytes.toString().match(/first\.txt|second\.txt/g)).toEqual(
    ['first.txt', 'second.txt'].flatMap((name) => [name, name]),
  );
});
