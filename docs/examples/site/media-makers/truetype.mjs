import { ascii, i16, padded, u16, u32 } from './bytes.mjs';

const VERSION_1 = u32(0x10000);
const CHECKSUM_OF_ANY_FONT = 0xb1b0afba;
const CHECKSUM_PLACE_IN_HEAD = 8;

/**
 * A TrueType font (ISO 14496-22) whose glyphs all have the same width. An outline is a list of contours. A contour is a
 * list of the control points of its curves, which meet half-way between these points.
 */
export function trueType(font) {
  const outlines = [font.missing, ...font.ranges.flatMap((range) => range.outlines)];
  const glyphs = outlines.map((contours) => ({
    contours,
    box: boundingBox(contours),
    data: glyphData(contours),
  }));
  return assemble({
    'OS/2': windowsMetrics(font),
    cmap: characterMap(font.ranges),
    glyf: Buffer.concat(glyphs.map(({ data }) => data)),
    head: header(font, boundingBox(outlines.flat())),
    hhea: horizontalHeader(font, glyphs.length),
    hmtx: Buffer.concat(glyphs.map(({ box }) => i16(font.advance, box.left))),
    loca: locations(glyphs),
    maxp: maximumProfile(outlines),
    name: names(font.name),
    post: Buffer.concat([u32(0x30000, 0, 0, 1), Buffer.alloc(16)]),
  });
}

function assemble(tables) {
  const entries = Object.entries(tables);
  const power = Math.floor(Math.log2(entries.length));
  const search = u16(entries.length, 16 * 2 ** power, power, 16 * (entries.length - 2 ** power));
  let offset = 12 + 16 * entries.length;
  const directory = entries.map(([tag, table]) => {
    const entry = Buffer.concat([ascii(tag), u32(checksum(table), offset, table.length)]);
    offset += padded(table).length;
    return entry;
  });
  const head = Buffer.concat([VERSION_1, search, ...directory]);
  const file = Buffer.concat([head, ...entries.map(([, table]) => padded(table))]);
  const place = directory.find((entry) => entry.subarray(0, 4).equals(ascii('head'))).readUInt32BE(8);
  file.writeUInt32BE((CHECKSUM_OF_ANY_FONT - checksum(file)) >>> 0, place + CHECKSUM_PLACE_IN_HEAD);
  return file;
}

function checksum(table) {
  const bytes = padded(table);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}

function boundingBox(contours) {
  const points = contours.length === 0 ? [[0, 0]] : contours.flat();
  const across = points.map(([x]) => x);
  const up = points.map(([, y]) => y);
  return {
    left: Math.min(...across),
    bottom: Math.min(...up),
    right: Math.max(...across),
    top: Math.max(...up),
  };
}

function glyphData(contours) {
  if (contours.length === 0) return Buffer.alloc(0);
  const { left, bottom, right, top } = boundingBox(contours);
  const points = contours.flat();
  const lastOfEach = contours.map((_, index) => contours.slice(0, index + 1).flat().length - 1);
  const noInstructions = u16(0);
  const controlPoints = Buffer.alloc(points.length);
  return padded(
    Buffer.concat([
      i16(contours.length, left, bottom, right, top),
      u16(...lastOfEach),
      noInstructions,
      controlPoints,
      i16(...steps(points.map(([x]) => x))),
      i16(...steps(points.map(([, y]) => y))),
    ]),
  );
}

function steps(values) {
  return values.map((value, index) => value - (values[index - 1] ?? 0));
}

function locations(glyphs) {
  const starts = [0];
  for (const { data } of glyphs) starts.push(starts.at(-1) + data.length);
  return u32(...starts);
}

function header({ unitsPerEm }, { left, bottom, right, top }) {
  const magic = 0x5f0f3cf5;
  const baselineAndBearingAtZero = 3;
  const smallestReadable = 8;
  const longLocations = 1;
  return Buffer.concat([
    VERSION_1,
    u32(0x10000, 0, magic),
    u16(baselineAndBearingAtZero, unitsPerEm),
    Buffer.alloc(16),
    i16(left, bottom, right, top),
    u16(0, smallestReadable, 2, longLocations, 0),
  ]);
}

function horizontalHeader({ ascender, descender, advance }, glyphs) {
  const caret = i16(1, 0, 0);
  return Buffer.concat([
    VERSION_1,
    i16(ascender, descender, 0, advance, 0, 0, advance),
    caret,
    Buffer.alloc(10),
    u16(glyphs),
  ]);
}

function maximumProfile(outlines) {
  const points = Math.max(...outlines.map((contours) => contours.flat().length));
  const contours = Math.max(...outlines.map(({ length }) => length));
  return Buffer.concat([VERSION_1, u16(outlines.length, points, contours, 0, 0, 2), Buffer.alloc(16)]);
}

function windowsMetrics({ unitsPerEm, ascender, descender, advance, ranges }) {
  const normalWeightAndWidth = [400, 5];
  const smallCharacters = unitsPerEm / 2;
  const line = unitsPerEm / 20;
  const regular = 0x40;
  const last = ranges.at(-1);
  return Buffer.concat([
    i16(4, advance, ...normalWeightAndWidth, 0),
    i16(
      smallCharacters,
      smallCharacters,
      0,
      0,
      smallCharacters,
      smallCharacters,
      0,
      ascender - smallCharacters,
    ),
    i16(line, ascender / 2, 0),
    Buffer.alloc(10),
    u32(1, 0, 0, 0),
    ascii('    '),
    u16(regular, ranges[0].firstCode, last.firstCode + last.outlines.length - 1),
    i16(ascender, descender, 0, ascender, -descender),
    u32(1, 0),
    i16(ascender, ascender, 0, ranges[0].firstCode, 1),
  ]);
}

/** Glyphs are in the order of the ranges. The first glyph is for characters that the font does not contain. */
function characterMap(ranges) {
  let glyph = 1;
  const segments = ranges.map(({ firstCode, outlines }) => {
    const shift = glyph - firstCode;
    glyph += outlines.length;
    return { first: firstCode, last: firstCode + outlines.length - 1, shift };
  });
  segments.push({ first: 0xffff, last: 0xffff, shift: 1 });
  const count = segments.length;
  const power = Math.floor(Math.log2(count));
  const search = u16(2 * count, 2 * 2 ** power, power, 2 * (count - 2 ** power));
  const unicode = u16(3, 1);
  return Buffer.concat([
    u16(0, 1),
    unicode,
    u32(12),
    u16(4, 16 + 8 * count, 0),
    search,
    u16(...segments.map(({ last }) => last), 0),
    u16(...segments.map(({ first }) => first)),
    i16(...segments.map(({ shift }) => shift)),
    Buffer.alloc(2 * count),
  ]);
}

function names(family) {
  const style = 'Regular';
  const full = `${family} ${style}`;
  const texts = [family, style, full, full, 'Version 1.0', full.replaceAll(' ', '-')].map((text) =>
    Buffer.from(text, 'utf16le').swap16(),
  );
  let offset = 0;
  const records = texts.map((text, index) => {
    const record = u16(3, 1, 0x409, index + 1, text.length, offset);
    offset += text.length;
    return record;
  });
  return Buffer.concat([u16(0, texts.length, 6 + 12 * texts.length), ...records, ...texts]);
}
