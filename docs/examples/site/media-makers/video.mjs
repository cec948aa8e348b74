import { bits, exp, u8 } from './bytes.mjs';
import { mp4 } from './mp4.mjs';
import { drawHills } from './scene.mjs';

const COLUMNS = 10;
const ROWS = 6;
const BLOCK = 16;
const WIDTH = COLUMNS * BLOCK;
const HEIGHT = ROWS * BLOCK;
const FRAMES = 150;
const FRAMES_A_SECOND = 15;

const BASELINE_PROFILE = u8(66, 0xc0, 30);
const SEQUENCE_PARAMETERS = Buffer.concat([
  u8(0x67),
  BASELINE_PROFILE,
  bits(exp(0), exp(0), exp(2), exp(0), '0', exp(COLUMNS - 1), exp(ROWS - 1), '1', '1', '0', '0', '1'),
]);
const PICTURE_PARAMETERS = Buffer.concat([
  u8(0x68),
  bits(exp(0), exp(0), '00', exp(0), exp(0), exp(0), '000', exp(0), exp(0), exp(0), '000', '1'),
]);
const STORED_BLOCK = exp(25);
const END_OF_FRAME = u8(0x80);

/** Luma and the two colour differences of red, green and blue from 0 to 1 (ITU-R BT.601). */
const luma = ([red, green, blue]) => 16 + 65.5 * red + 128.6 * green + 25 * blue;
const blueness = ([red, green, blue]) => 128 - 37.8 * red - 74.2 * green + 112 * blue;
const redness = ([red, green, blue]) => 128 + 112 * red - 93.8 * green - 18.2 * blue;

/**
 * An MP4 with H.264 video of one day on the hills. Every frame is stored without compression (in macroblocks of the type
 * I_PCM). This needs no encoder, and a short video of low resolution has a size of some megabytes.
 */
export function makeVideo() {
  return mp4({
    width: WIDTH,
    height: HEIGHT,
    framesASecond: FRAMES_A_SECOND,
    profile: BASELINE_PROFILE,
    sequenceParameters: SEQUENCE_PARAMETERS,
    pictureParameters: PICTURE_PARAMETERS,
    frames: Array.from({ length: FRAMES }, (_, index) => frame(index)),
  });
}

/** No byte of a frame is so low that H.264 requires it to be escaped. */
function frame(index) {
  const colours = drawHills(index / FRAMES, WIDTH, HEIGHT);
  const blocks = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < COLUMNS; column++) {
      blocks.push(
        blocks.length === 0 ? bits(frameHeader(index), STORED_BLOCK) : bits(STORED_BLOCK),
        block(colours, column, row, 1, luma),
        block(colours, column, row, 2, blueness),
        block(colours, column, row, 2, redness),
      );
    }
  }
  return Buffer.concat([u8(0x65), ...blocks, END_OF_FRAME]);
}

/** Consecutive frames must have different values of the fifth number. */
function frameHeader(index) {
  return [exp(0), exp(7), exp(0), '0000', exp(index % 2), '00', exp(0)].join('');
}

/** One value for each square of `side` pixels of a block. */
function block(colours, column, row, side, valueOf) {
  const values = [];
  for (let y = row * BLOCK; y < (row + 1) * BLOCK; y += side) {
    for (let x = column * BLOCK; x < (column + 1) * BLOCK; x += side) {
      values.push(valueOf(average(colours, x, y, side)));
    }
  }
  return Buffer.from(values);
}

function average(colours, left, top, side) {
  const sum = [0, 0, 0];
  for (let y = top; y < top + side; y++) {
    for (let x = left; x < left + side; x++) {
      for (const [index, value] of colours[y * WIDTH + x].entries()) sum[index] += value;
    }
  }
  return sum.map((value) => value / side ** 2);
}
