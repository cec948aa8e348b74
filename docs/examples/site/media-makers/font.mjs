import { trueType } from './truetype.mjs';

const CELL = 100;
const DOT = 88;
const ROWS = 7;

const MISSING = ['#####', '#...#', '#...#', '#...#', '#...#', '#...#', '#####'];

/** The digits and the colon, which are consecutive in Unicode. */
const FROM_ZERO = [
  ['.###.', '#...#', '#...#', '#...#', '#...#', '#...#', '.###.'],
  ['..#..', '.##..', '..#..', '..#..', '..#..', '..#..', '.###.'],
  ['.###.', '#...#', '....#', '...#.', '..#..', '.#...', '#####'],
  ['.###.', '#...#', '....#', '..##.', '....#', '#...#', '.###.'],
  ['...#.', '..##.', '.#.#.', '#..#.', '#####', '...#.', '...#.'],
  ['#####', '#....', '####.', '....#', '....#', '#...#', '.###.'],
  ['.###.', '#....', '#....', '####.', '#...#', '#...#', '.###.'],
  ['#####', '....#', '...#.', '..#..', '..#..', '.#...', '.#...'],
  ['.###.', '#...#', '#...#', '.###.', '#...#', '#...#', '.###.'],
  ['.###.', '#...#', '#...#', '.####', '....#', '....#', '.###.'],
  ['.....', '..#..', '..#..', '.....', '..#..', '..#..', '.....'],
];

/** A TrueType font for clocks. Its glyphs are round dots in five columns and seven rows. */
export function makeFont() {
  return trueType({
    name: 'Clock Dots',
    unitsPerEm: 1000,
    ascender: ROWS * CELL,
    descender: -CELL,
    advance: 6 * CELL,
    missing: outline(MISSING),
    ranges: [
      { firstCode: 0x20, outlines: [[]] },
      { firstCode: 0x30, outlines: FROM_ZERO.map(outline) },
    ],
  });
}

function outline(rows) {
  return rows.flatMap((row, down) =>
    [...row].flatMap((cell, across) => (cell === '#' ? [dot(across * CELL, (ROWS - 1 - down) * CELL)] : [])),
  );
}

/** The control points of the four curves of a dot, clockwise from the lower left. */
function dot(x, y) {
  return [
    [x, y],
    [x, y + DOT],
    [x + DOT, y + DOT],
    [x + DOT, y],
  ];
}
