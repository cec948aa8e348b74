import { crc32, deflateSync } from 'node:zlib';
import { ascii, u32, u8 } from './bytes.mjs';
import { drawHills } from './scene.mjs';

const WIDTH = 1200;
const HEIGHT = 720;
const EVENING = 0.46;

const SIGNATURE = u8(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const EIGHT_BITS = 8;
const RED_GREEN_BLUE = 2;
const FILTER_SUB = 1;

/** A PNG picture of the hills in the evening. */
export function makePicture() {
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', Buffer.concat([u32(WIDTH, HEIGHT), u8(EIGHT_BITS, RED_GREEN_BLUE, 0, 0, 0)])),
    chunk('IDAT', deflateSync(pixelRows(), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const content = Buffer.concat([ascii(type), data]);
  return Buffer.concat([u32(data.length), content, u32(crc32(content))]);
}

/** Each row starts with its filter type. `Sub` stores the difference of a pixel to the pixel on its left. */
function pixelRows() {
  const colours = drawHills(EVENING, WIDTH, HEIGHT);
  const rows = [];
  for (let y = 0; y < HEIGHT; y++) {
    const row = Buffer.from(colours.slice(y * WIDTH, (y + 1) * WIDTH).flatMap(toBytes));
    rows.push(
      u8(FILTER_SUB),
      row.map((value, index) => value - (row[index - 3] ?? 0)),
    );
  }
  return Buffer.concat(rows);
}

function toBytes(colour) {
  return colour.map((value) => Math.round(value * 255));
}
