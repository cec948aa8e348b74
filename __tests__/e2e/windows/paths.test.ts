import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, put } from '../../support/files';
import { eventually } from '../../support/process';
import { rawRequest } from '../../support/server';
import { BODY, writeFixture } from '../file-systems/names/support/fixture';
import { getter, startServers, type WindowsServers } from './support/servers';
import { onWindows } from './support/wine';

const LARGE = Buffer.alloc(3_000_000, 'x');

const local = folderWith({ 'outside.txt': BODY, 'site/large.bin': LARGE });
const site = join(local, 'site');
writeFixture(site);
// A device exists beside a file of the same name.
for (const name of ['nul', 'nul.txt', 'com1.log', 'CON']) put(join(site, name), BODY);

const drivePath = onWindows(site).replaceAll('\\', '/');
const escaped = encodeURIComponent(onWindows(site));

/** Targets that must not lead to a file. All files that they could lead to have the same content. */
const hostile: Record<string, readonly string[]> = {
  'a device': [
    ...['CON', 'con', 'NUL', 'nul', 'nul.txt', 'NUL.TXT', 'com1.log', 'AUX', 'PRN', 'COM1', 'COM9', 'LPT1'],
    ...[
      'CONIN$',
      'CONOUT$',
      'conin$',
      'COM%C2%B9',
      'LPT%C2%B3',
      'nul.',
      'nul%20',
      'nul%20.txt',
      'nul:',
      'NUL::$DATA',
    ],
    ...[
      'documents/NUL',
      'documents/nul.html',
      'NUL/app.js',
      'nul/../app.js',
      '%5C%5C.%5CNUL',
      '%5C%5C.%5CCON',
    ],
    ...[
      '%5C%5C.%5Cpipe%5Cx',
      '%5C%5C.%5CZ:',
      '//./NUL',
      '//./pipe/x',
      '%5C%5C%3F%5CNUL',
      'GLOBALROOT/Device/Null',
    ],
  ],
  'a stream': [
    ...['app.js:', 'app.js::$DATA', 'app.js::$data', 'app.js:$DATA', 'app.js:stream', 'app.js:stream:$DATA'],
    ...['app.js.map:', 'app.js.map::$DATA', '.env::$DATA', 'app.js%3A%3A%24DATA'],
    ...[
      'secret-things::$INDEX_ALLOCATION/key.txt',
      'secret-things:$I30:$INDEX_ALLOCATION/key.txt',
      ':stream',
    ],
  ],
  'a trailing dot or space': [
    ...[
      'app.js.',
      'app.js...',
      'app.js%20',
      'app.js%20%20',
      'app.js.%20',
      'app.js%20.',
      'app.js.map.',
      'app.js.map%20',
    ],
    ...[
      '.env.',
      '.env%20',
      'secret-things./key.txt',
      'secret-things%20/key.txt',
      'documents./index.html',
      'app.js%09',
    ],
    ...['.%20/app.js', '..%20/outside.txt', '.../outside.txt', '..%20./outside.txt'],
  ],
  'a backslash': [
    ...[
      'secret-things%5Ckey.txt',
      'secret-things\\key.txt',
      'documents%5Cindex.html',
      'documents\\index.html',
    ],
    ...[
      '..%5Coutside.txt',
      '..\\outside.txt',
      'documents\\..\\..\\outside.txt',
      '%2e%2e%5coutside.txt',
      '\\app.js',
    ],
    ...['app.js%5C', 'app.js\\', 'app.js/'],
  ],
  'a drive or a namespace': [
    ...[
      `${drivePath}/app.js`,
      `${escaped}%5Capp.js`,
      'Z:app.js',
      'Z:/app.js',
      'Z:',
      'z:',
      'C:/windows/win.ini',
    ],
    ...['C:%5Cwindows%5Cwin.ini', 'C:windows', `%5C%5C%3F%5C${escaped}%5Capp.js`, `//?/${drivePath}/app.js`],
    ...[
      `%5C%3F%3F%5C${escaped}%5Capp.js`,
      `%5C%5C.%5C${escaped}%5Capp.js`,
      '%5C%5C%3F%5Cunix%5Cetc%5Cpasswd',
    ],
    ...[
      '%5C%5Clocalhost%5CZ$%5Cetc%5Cpasswd',
      '//localhost/Z$/etc/passwd',
      '%5C%5C%3F%5CUNC%5Clocalhost%5CZ$%5C',
    ],
  ],
  'a wildcard': [
    '*',
    '*.map',
    'app.js.%3F%3F%3F',
    'app.js.ma%3C',
    '%3C.map',
    'app%22js',
    'app.js.m%3E%3E',
    'a%7Cb',
  ],
};

/** Targets of other forms, which lead below no export or out of it. */
const otherForms = [
  ...[`${onWindows(site)}\\app.js`, `${drivePath}/app.js`, `/${drivePath}/app.js`, `//?/${drivePath}/app.js`],
  ...[
    `\\\\?\\${onWindows(site)}\\app.js`,
    '\\s\\app.js',
    `file:///${drivePath}/app.js`,
    '/s\\app.js',
    'C:\\windows\\win.ini',
  ],
];

/** Exports of the same directory. The working directory is its parent. */
const sameDirectory = [
  ...[
    'Z:site',
    'z:site',
    '.\\site',
    './site',
    'site',
    'SITE',
    onWindows(site),
    drivePath,
    onWindows(site).slice(2),
  ],
  ...[`\\\\?\\${onWindows(site)}`, `${onWindows(site)}\\`, onWindows(site).toLowerCase(), 'Z:'],
];

/** Exports that are no directory. */
const nowhere = [
  'CON',
  'NUL',
  'nul.txt',
  'Z:site\\missing',
  '\\\\.\\NUL',
  '\\\\.\\pipe\\x',
  '\\\\nowhere\\share',
  'C:',
  'Q:\\',
];

let servers: WindowsServers;

beforeAll(async () => {
  const targets = [onWindows(site), onWindows(site), ...sameDirectory, ...nowhere];
  servers = await startServers(
    targets.map((target, index) => ({
      frontEnd: index === 1 ? 'Express 5' : 'node:http',
      exports: { '/s': target },
    })),
    local,
  );
});

const listener = () => servers.ports[0] ?? 0;
const express = () => servers.ports[1] ?? 0;

describe.each(Object.entries(hostile))('%s', (_kind, targets) => {
  test.each(targets)('leads to no file: %s', async (target) => {
    for (const port of [listener(), express()]) {
      const { status, body } = await rawRequest(port, 'GET', `/s/${target}`);
      expect([status, body.toString()]).toEqual([404, 'APP\n']);
    }
  });
});

test.each(otherForms)('a target in another form leads to no file: %s', async (target) => {
  for (const port of [listener(), express()]) {
    const { status, body } = await rawRequest(port, 'GET', target);
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toContain(BODY);
  }
});

test.each(sameDirectory)('the export %s serves its files at their names only', async (target) => {
  const get = getter(servers.ports[2 + sameDirectory.indexOf(target)]);
  const below = target === 'Z:' ? 'site/' : '';
  for (const path of ['app.js', 'documents/index.html']) {
    const { status, body } = await get(below + path);
    expect([status, body.toString()]).toEqual([200, BODY]);
  }
  for (const path of [
    'APP.JS',
    'Documents/index.html',
    'etc/hostname',
    'windows/win.ini',
    '../outside.txt',
  ]) {
    expect([path, (await get(below + path)).status]).toEqual([path, 404]);
  }
});

test.each(nowhere)('the export %s serves nothing', async (target) => {
  const get = getter(servers.ports[2 + sameDirectory.length + nowhere.indexOf(target)]);
  for (const path of ['', 'app.js', 'site/app.js', 'x', 'etc/hostname']) {
    expect([path, (await get(path)).status]).toEqual([path, 404]);
  }
});

test('files that were sent, missing or refused leave no descriptor open', async () => {
  const count = (): number => readdirSync(`/proc/${servers.pid}/fd`).length;
  const targets = ['large.bin', 'app.js', 'APP.JS', 'NUL', 'missing.js', 'LARGE.bin'];
  async function requestAll(): Promise<void> {
    for (const target of targets) {
      const { status, body } = await rawRequest(listener(), 'GET', `/s/${target}`);
      if (target === 'large.bin') expect([status, body.length]).toEqual([200, LARGE.length]);
    }
  }
  await requestAll();
  const before = count();
  for (let round = 0; round < 30; round++) await requestAll();
  await eventually(() => {
    expect(count()).toBeLessThanOrEqual(before + 2);
  });
});

test('the process still runs, and has printed no error', () => {
  expect(servers.isRunning()).toBe(true);
  expect(servers.printed()).not.toContain('Error');
});
