import { writeFileSync } from 'node:fs';
import { bits, exp, u8 } from '../../../../docs/examples/site/media-makers/bytes.mjs';
import { mp4 } from '../../../../docs/examples/site/media-makers/mp4.mjs';

const [filename, seconds] = process.argv.slice(2);

const BARS = 8;
const BLOCKS_PER_BAR = 2;
const BLOCKS_PER_SIDE = BARS * BLOCKS_PER_BAR;
const SIDE = 16 * BLOCKS_PER_SIDE;

const BASELINE_PROFILE = u8(66, 0xc0, 30);
const STORED_BLOCK = exp(25);
const BLACK = 16;
const WHITE = 235;
const GREY_CHROMA = Buffer.alloc(128, 128);

/**
 * Writes a video (H.264 in MP4) with one frame per second. Eight black or white bars encode the second
 * in binary. Frames are stored without compression, which needs no encoder. Each frame has 98 kB.
 */
writeFileSync(
  filename,
  mp4({
    width: SIDE,
    height: SIDE,
    framesASecond: 1,
    profile: BASELINE_PROFILE,
    sequenceParameters: Buffer.concat([
      u8(0x67),
      BASELINE_PROFILE,
      bits(exp(0), exp(0), exp(2), exp(0), '0', exp(BLOCKS_PER_SIDE - 1), exp(BLOCKS_PER_SIDE - 1), '11001'),
    ]),
    pictureParameters: Buffer.concat([
      u8(0x68),
      bits(exp(0), exp(0), '00', exp(0), exp(0), exp(0), '000', exp(0), exp(0), exp(0), '0001'),
    ]),
    frames: Array.from({ length: Number(seconds) }, (_, second) => frame(second)),
  }),
);

function frame(second) {
  const bars = second.toString(2).padStart(BARS, '0');
  const blocks = Array.from({ length: BLOCKS_PER_SIDE ** 2 }, (_, index) => {
    const bar = Math.floor((index % BLOCKS_PER_SIDE) / BLOCKS_PER_BAR);
    const light = Buffer.alloc(256, bars[bar] === '1' ? WHITE : BLACK);
    return Buffer.concat([bits(index === 0 ? header(second) : '', STORED_BLOCK), light, GREY_CHROMA]);
  });
  return Buffer.concat([u8(0x65), ...blocks, u8(0x80)]);
}

/** Consecutive frames must differ in the fifth number (`idr_pic_id`). */
function header(second) {
  return [exp(0), exp(7), exp(0), '0000', exp(second % 2), '00', exp(0)].join('');
}
