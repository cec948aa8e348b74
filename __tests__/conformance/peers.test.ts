import { tables, type PeerCase, type PeerTable } from './peers/cases';
import { check } from './peers/check';
import { createFixture } from './peers/fixture';
import { responseTo, type FrontEnd } from './peers/request';

const fixture = createFixture();

afterAll(() => {
  for (const { peer, cases } of tables) {
    const different = cases.filter(isDifferent).length;
    const same = cases.length - different;
    process.stdout.write(`${peer}: ${cases.length} cases, ${same} same, ${different} different on purpose\n`);
  }
});

function isDifferent({ ours, middleware }: PeerCase): boolean {
  return ours !== undefined || middleware !== undefined;
}

/** Express responds itself where no application follows. */
function frontEndsOf({ isLast }: PeerCase): readonly FrontEnd[] {
  return isLast ? ['listener'] : ['listener', 'Express'];
}

/** The path of the requested file in the fixture. */
function fileOf({ file, target }: PeerCase, { root: folder }: PeerTable): string {
  return file ?? folder + decodeURIComponent(target.replace(/\?.*/, ''));
}

describe.each(tables)('$peer: the response is the one of its tests or differs as documented:', (table) => {
  const runs = table.cases.flatMap((testCase) =>
    frontEndsOf(testCase).map(
      (frontEnd) => [`${testCase.name}, through ${frontEnd}`, testCase, frontEnd] as const,
    ),
  );

  test.each(runs)('%s', async (_name, testCase, frontEnd) => {
    const { peer, ours = peer, middleware = ours } = testCase;
    const expected = frontEnd === 'Express' ? middleware : ours;
    const received = await responseTo(testCase, table, frontEnd, fixture.root);
    const readFile = (): Buffer => fixture.contentOf(fileOf(testCase, table));
    check(expected, received, testCase, readFile);
    if (expected === peer) return;
    expect(() => {
      check(peer, received, testCase, readFile);
    }).toThrow();
  });

  test('every case has its own name, and every difference a reason', () => {
    const names = table.cases.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    const reasons = table.cases.filter(({ why }) => why !== undefined && why !== '');
    expect(reasons).toEqual(table.cases.filter(isDifferent));
  });
});
