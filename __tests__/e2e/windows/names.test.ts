import fc from 'fast-check';
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { folderWith, put } from '../../support/files';
import { statusesAt } from '../../integration/cli/listing-support';
import { expectAnyNames, expectExactNames } from '../file-systems/names/support/expectations';
import { byNames, inOtherCase, writeFixture } from '../file-systems/names/support/fixture';
import { exported, policies, SITE, type Policy } from '../file-systems/names/support/policies';
import { ANY_NAMES, escapePath } from '../file-systems/names/support/servers';
import { FRONT_ENDS, type FrontEnd } from '../frameworks/support/frameworks';
import { isListed, spellings } from '../file-systems/names/support/spellings';
import { getter, startServers, type Entry, type WindowsServers } from './support/servers';
import { onWindows, shortNamesBelow, startOnWindows } from './support/wine';

const NUM_RUNS = 500;
const ROUNDS = 10;

const local = folderWith();
const site = join(local, SITE);
writeFixture(site);
mkdirSync(join(local, 'public'));
symlinkSync(site, join(local, 'public', 'link'));

function entryOf(policy: Policy, frontEnd: FrontEnd, more: Entry['options'] = {}): Entry {
  const target = exported(policy, local);
  return {
    frontEnd,
    exports: { '/s': typeof target === 'string' ? onWindows(target) : ['lib', ''] },
    options: { resolveFrom: onWindows(site), ...policy.options, ...more },
    withoutMaps: policy.Middleware !== undefined,
  };
}

const cases = Object.entries(policies).flatMap(([name, policy]) =>
  FRONT_ENDS.map((frontEnd) => ({ name, policy, frontEnd })),
);
const shortNames = shortNamesBelow(local);
const byShortNames = byNames(shortNames);

let servers: WindowsServers;

function portOf(name: string, frontEnd: FrontEnd): number | undefined {
  return servers.ports[cases.findIndex((each) => each.name === name && each.frontEnd === frontEnd)];
}

beforeAll(async () => {
  const exact = cases.map(({ policy, frontEnd }) => entryOf(policy, frontEnd));
  const any = cases.map(({ policy, frontEnd }) => entryOf(policy, frontEnd, ANY_NAMES));
  const everything: Entry = {
    frontEnd: 'node:http',
    exports: { '/s': onWindows(site) },
    options: { dotfiles: 'allow' },
  };
  servers = await startServers([...exact, ...any, everything], local);
});

test('Windows knows the fixture by short names', () => {
  expect(shortNames['longfilename.js.map']).toMatch(/^LONG~\w+\.MAP$/);
  expect(shortNames['secret-things']).toMatch(/^SECR~\w+$/);
});

describe.each(cases.map((each, index) => ({ ...each, index })))(
  'with $name: $frontEnd',
  ({ policy, frontEnd, index }) => {
    test('a file is served only at the name in its directory', async () => {
      const get = getter(servers.ports[index], frontEnd);
      await expectExactNames(get, policy, inOtherCase);
      await expectExactNames(get, policy, byShortNames);
    });

    test("names: 'any' serves a public file at all its names", async () => {
      const get = getter(servers.ports[cases.length + index], frontEnd);
      await expectAnyNames(get, policy, inOtherCase);
      await expectAnyNames(get, policy, byShortNames);
    });
  },
);

test.each(FRONT_ENDS)('a rename that changes only case is seen at the next request: %s', async (frontEnd) => {
  const get = getter(portOf('dotfiles: ignore', frontEnd), frontEnd);
  const [lower, upper] = ['changes.js', 'Changes.js'];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, other] of [
      [lower, upper],
      [upper, lower],
    ] as const) {
      put(join(site, name), 'content');
      expect([(await get(name)).status, (await get(other)).status]).toEqual([200, 404]);
      renameSync(join(site, name), join(site, other));
      expect([(await get(name)).status, (await get(other)).status]).toEqual([404, 200]);
      rmSync(join(site, other));
      expect([(await get(name)).status, (await get(other)).status]).toEqual([404, 404]);
    }
  }
});

test(`of ${NUM_RUNS} spellings of names, those that are listed are served, and no others`, async () => {
  const get = getter(servers.ports.at(-1));
  await fc.assert(
    fc.asyncProperty(spellings(shortNames), async (path) => {
      expect([path, (await get(path)).status]).toEqual([path, isListed(site, path) ? 200 : 404]);
    }),
    { numRuns: NUM_RUNS },
  );
});

test('the listing of the command shows a directory only at its name', async () => {
  const args = [
    onWindows(site),
    '--port',
    '0',
    '--listing',
    '--disallow',
    '*.map',
    '--disallow',
    'secret-things/',
  ];
  const { firstLine } = await startOnWindows('dist/cli/main.js', args, local);
  const port = Number(new URL(firstLine).port);
  expect(await statusesAt(port, '/', '/documents/', '/documents', '/app.js')).toEqual([200, 200, 308, 200]);
  expect(await statusesAt(port, '/secret-things/', '/app.js.map')).toEqual([404, 404]);
  const paths = ['documents/', 'documents', 'secret-things/', 'secret-things/deep-inside/', 'app.js.map'];
  for (const alias of paths.flatMap((path) => [...inOtherCase(path), ...byShortNames(path)])) {
    expect([alias, ...(await statusesAt(port, `/${escapePath(alias)}`))]).toEqual([alias, 404]);
  }
});
