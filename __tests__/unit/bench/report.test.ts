import { call } from './support/call';

const FAILURE = 'responds 200 instead of 304';

function result(title: string, ours: number) {
  const round = {
    bare: { value: 100, cpu: 10 },
    ours: { value: ours, cpu: 12.4 },
    hono: { failure: FAILURE },
  };
  return { scenario: title, title, measure: 'rate', rounds: [round, round, round, round, round] };
}

const results = [result('304', 90), result('1 KB <&>', 120)];

describe('targets', () => {
  test.each([
    [95, true],
    [94, false],
  ])('a ratio of %d %% to bare Node for 304 holds: %s', (ours, met) => {
    const { rounds } = result('304', ours);
    expect(call('targets', 'ratioTargets', { name: '304' }, rounds)).toEqual([
      {
        name: '304',
        target: '0.95 × bare',
        result: expect.stringContaining(`${String(ours / 100)} ×`) as string,
        met,
      },
    ]);
  });

  test('a target whose server was not measured in each round is missed', () => {
    const { rounds } = result('10 KB', 120);
    const incomplete = rounds.map((round, index) => (index === 0 ? { ours: round.ours } : round));
    expect(call('targets', 'ratioTargets', { name: '10 KB' }, incomplete)).toMatchObject([
      { result: 'not measured', met: false },
    ]);
  });
});

describe('tables', () => {
  test('a server that failed has a dash instead of a ratio', () => {
    expect(call('report', 'ratioTable', results)).toContain('| 304 | 1.00 | 0.90 | – |');
  });

  test('the CPU time per request is in microseconds', () => {
    expect(call('report', 'cpuTable', results)).toContain('| 304 | 10 | 12 | – |');
  });

  test('a server that failed has its reason below the table', () => {
    expect(call('report', 'failureList', results)).toContain(`- 304: hono ${FAILURE}`);
  });
});

describe('chart', () => {
  const svg = call('chart', 'barChart', results) as string;
  const number = (pattern: RegExp) => Number(pattern.exec(svg)?.[1]);

  test('its text has at least 11 pixels where the chart is 360 pixels wide', () => {
    expect(svg.match(/font(?:-size)?:/g)).toHaveLength(1);
    expect((number(/font: (\d+)px/) * 360) / number(/viewBox="0 0 (\d+)/)).toBeGreaterThan(11);
  });

  test('it has the ratio and the CPU time of each server', () => {
    expect(svg).toContain('>0.90</text>');
    expect(svg).toContain('>12 µs</text>');
  });

  test.each([
    [99.7, '100 µs'],
    [5400, '5.4 ms'],
    [123_456, '123 ms'],
  ])('a CPU time of %d µs is written as %s', (cpu, expected) => {
    const rounds = [{ bare: { value: 1, cpu }, ours: { value: 1, cpu } }];
    expect(call('chart', 'barChart', [{ title: '', rounds }])).toContain(`>${expected}</text>`);
  });

  test('names are escaped', () => {
    expect(svg).toContain('1 KB &#60;&#38;&#62;');
  });
});

describe('CPU time', () => {
  test('a line of /proc is parsed although the name of the program contains parentheses and spaces', () => {
    const line = '42 (a) b (c)) S 7 1 1 0 -1 4194560 100 0 0 0 250 50 9 9 20 0 1 0 100 0 0';
    expect(call('cpu-time', 'parseStat', line)).toEqual({ parent: 7, ticks: 300 });
  });
});
