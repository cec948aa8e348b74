/** Unsigned big-endian integers, as in PNG, MP4 and TrueType. */
export const u8 = (...values) => Buffer.from(values);
export const u16 = (...values) => pack(values, 2);
export const u32 = (...values) => pack(values, 4);

/** Signed big-endian integers. */
export const i16 = (...values) => u16(...values.map((value) => value & 0xffff));

/** Text with one byte per character. */
export const ascii = (text) => Buffer.from(text, 'latin1');

/** Bytes, padded with zeros to a multiple of four. */
export const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

function pack(values, width) {
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, index) => bytes.writeUIntBE(value, index * width, width));
  return bytes;
}

/** An integer as an Exp-Golomb code, which H.264 uses for most numbers. */
export function exp(value) {
  const digits = (value + 1).toString(2);
  return digits.padStart(2 * digits.length - 1, '0');
}

/** Binary digits as bytes. The last byte is padded with zeros. */
export function bits(...parts) {
  const bytes = parts.join('').match(/.{1,8}/g);
  return Buffer.from(bytes.map((digits) => parseInt(digits.padEnd(8, '0'), 2)));
}
