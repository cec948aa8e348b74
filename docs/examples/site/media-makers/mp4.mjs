import { ascii, u16, u32, u8 } from './bytes.mjs';

const UNTURNED = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
const NORMAL_SPEED = u32(0x10000);
const FULL_VOLUME = u16(0x100);
const NO_LANGUAGE = u16(0x55c4);
const PIXELS_AN_INCH = 72 * 0x10000;

/** An MP4 (ISO 14496-12, 14496-15) with one track of H.264 video. Every frame is a key frame. */
export function mp4(video) {
  const samples = video.frames.map((frame) => Buffer.concat([u32(frame.length), frame]));
  const type = box('ftyp', ascii('isom'), u32(0x200), ascii('isomiso2avc1mp41'));
  const offset = type.length + movie(video, samples, 0).length + 'sizemdat'.length;
  return Buffer.concat([type, movie(video, samples, offset), box('mdat', ...samples)]);
}

function movie(video, samples, offset) {
  const times = u32(0, 0, video.framesASecond, samples.length);
  const reserved = Buffer.alloc(10);
  const nextTrack = u32(2);
  return box(
    'moov',
    versionedBox(
      'mvhd',
      0,
      times,
      NORMAL_SPEED,
      FULL_VOLUME,
      reserved,
      UNTURNED,
      Buffer.alloc(24),
      nextTrack,
    ),
    box('trak', trackHeader(video, samples), media(video, samples, offset)),
  );
}

function trackHeader({ width, height }, samples) {
  const shown = 3;
  const size = u32(width * 0x10000, height * 0x10000);
  return versionedBox('tkhd', shown, u32(0, 0, 1, 0, samples.length), Buffer.alloc(16), UNTURNED, size);
}

function media(video, samples, offset) {
  const inThisFile = versionedBox('url ', 1);
  return box(
    'mdia',
    versionedBox('mdhd', 0, u32(0, 0, video.framesASecond, samples.length), NO_LANGUAGE, u16(0)),
    versionedBox('hdlr', 0, u32(0), ascii('vide'), Buffer.alloc(13)),
    box(
      'minf',
      versionedBox('vmhd', 1, Buffer.alloc(8)),
      box('dinf', versionedBox('dref', 0, u32(1), inThisFile)),
      sampleTable(video, samples, offset),
    ),
  );
}

function sampleTable(video, samples, offset) {
  return box(
    'stbl',
    versionedBox('stsd', 0, u32(1), sampleDescription(video)),
    versionedBox('stts', 0, u32(1, samples.length, 1)),
    versionedBox('stsc', 0, u32(1, 1, samples.length, 1)),
    versionedBox('stsz', 0, u32(0, samples.length, ...samples.map(({ length }) => length))),
    versionedBox('stco', 0, u32(1, offset)),
  );
}

function sampleDescription({ width, height, profile, sequenceParameters, pictureParameters }) {
  const configuration = box(
    'avcC',
    ...[u8(1), profile, u8(0xff)],
    ...[u8(0xe1), u16(sequenceParameters.length), sequenceParameters],
    ...[u8(1), u16(pictureParameters.length), pictureParameters],
  );
  const reference = Buffer.concat([Buffer.alloc(6), u16(1), Buffer.alloc(16)]);
  const resolution = u32(PIXELS_AN_INCH, PIXELS_AN_INCH, 0);
  const onePictureEach = Buffer.concat([u16(1), Buffer.alloc(32), u16(24, 0xffff)]);
  return box('avc1', reference, u16(width, height), resolution, onePictureEach, configuration);
}

function versionedBox(type, flags, ...parts) {
  return box(type, u32(flags), ...parts);
}

function box(type, ...parts) {
  const content = Buffer.concat(parts);
  return Buffer.concat([u32(8 + content.length), ascii(type), content]);
}
