/** Whole numbers, most significant byte first, as PNG, MP4 and TrueType write them. */
export const u8 = (...values) => Buffer.from(values);
export const u16 = (...values) => pack(values, 2);
export const u32 = (...values) => pack(values, 4);

/** The same for numbers that may be negative. */
export const i16 = (...values) => u16(...values.map((value) => value & 0xffff));

/** Text of one byte a character. */
export const ascii = (text) => Buffer.from(text, 'latin1');

/** Bytes, and zeros up to a multiple of four. */
export const padded = (bytes) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);

function pack(values, width) {
  const bytes = Buffer.alloc(values.length * width);
  values.forEach((value, index) => bytes.writeUIntBE(value, index * width, width));
  return bytes;
}
