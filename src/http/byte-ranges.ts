import parseRange from 'range-parser';

/** Bytes of a representation, counted from 0, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** More ranges than this have no use but to make a server work (CVE-2011-3192). */
const MOST_RANGES = 100;

const BYTES_UNIT = /^bytes=/i;
const RANGE_SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * The ranges of a Range field that a representation of `size` bytes has (RFC 9110 §14.1.2), overlapping and
 * touching ones joined, in the order in which they were asked for.
 *
 * An empty list where none can be satisfied: 416. Null where the field is to be ignored and the whole sent: it is
 * malformed or of another unit, or it asks for too much (§14.2, §17.15).
 */
export function byteRanges(field: string, size: number): readonly ByteRange[] | null {
  if (size === 0 || !BYTES_UNIT.test(field)) return null;
  const specs = normalized(field.slice('bytes='.length), size);
  if (specs === null || specs.length > MOST_RANGES) return null;
  const asked = parsed(size, specs, false);
  const bytes = asked.reduce((sum, { start, end }) => sum + end - start + 1, 0);
  return bytes > size ? null : parsed(size, specs, true);
}

/**
 * The range specs as `range-parser` reads them right, or null if one is malformed. Left to itself, it takes
 * `-100` of a file of 50 bytes for unsatisfiable (§14.1.2: the whole), `9-0` too (§14.1.1: malformed), and an
 * empty list element for malformed (§5.6.1.2: ignored).
 */
function normalized(list: string, size: number): string[] | null {
  const specs: string[] = [];
  for (const element of list.split(',', 2 * MOST_RANGES)) {
    const spec = element.trim();
    if (spec === '') continue;
    const match = RANGE_SPEC.exec(spec);
    if (match === null) return null;
    const [, first = '', last = '', suffix] = match;
    if (last !== '' && Number(first) > Number(last)) return null;
    specs.push(suffix === undefined ? spec : `-${Math.min(Number(suffix), size)}`);
  }
  return specs.length === 0 ? null : specs;
}

function parsed(size: number, specs: readonly string[], combine: boolean): readonly ByteRange[] {
  const ranges = parseRange(size, `bytes=${specs.join(',')}`, { combine });
  return typeof ranges === 'number' ? [] : ranges;
}

/** The value of Content-Range for a part of `size` bytes (RFC 9110 §14.4). */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`;
}
