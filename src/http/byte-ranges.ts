import parseRange from 'range-parser';

/** Bytes of a representation, counted from 0, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** More ranges than this serve no purpose but to make a server work (CVE-2011-3192). */
const MAX_RANGES = 100;

const BYTES_UNIT = /^bytes=/i;
const RANGE_SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/;

/**
 * The ranges that a Range field selects from a representation of `size` bytes (RFC 9110 §14.1.2), in the
 * order of the field. Ranges that overlap or touch are joined.
 *
 * An empty list if no range is satisfiable: the response is 416. Null if the field is to be ignored and the
 * whole representation sent: it is malformed, has another unit, or asks for too much (§14.2, §17.15).
 */
export function byteRanges(field: string, size: number): readonly ByteRange[] | null {
  if (!BYTES_UNIT.test(field)) return null;
  const specs = normalize(field.slice('bytes='.length), size);
  if (specs === null || specs.length > MAX_RANGES) return null;
  if (size === 0) return specs.every(isUnsatisfiableWhenEmpty) ? [] : null;
  const requested = parse(size, specs, false);
  if (requested.length === 1) return requested;
  const bytes = requested.reduce((sum, range) => sum + rangeLength(range), 0);
  return bytes > size ? null : parse(size, specs, true);
}

/**
 * The last bytes of an empty representation are all of it (§14.1.2). No Content-Range can say so: the
 * response is a 200.
 */
function isUnsatisfiableWhenEmpty(spec: string): boolean {
  return !spec.startsWith('-') || Number(spec) === 0;
}

/** The number of bytes in a range. */
export function rangeLength({ start, end }: ByteRange): number {
  return end - start + 1;
}

/**
 * The range specs in a form that `range-parser` reads correctly, or null if one is malformed. Unchanged, it
 * takes `-100` of a file of 50 bytes for unsatisfiable (§14.1.2: the whole file), `9-0` too (§14.1.1:
 * malformed), and an empty list element for malformed (§5.6.1.2: ignored).
 */
function normalize(list: string, size: number): string[] | null {
  const specs: string[] = [];
  for (const element of list.split(',', 2 * MAX_RANGES)) {
    const spec = element.trim();
    if (spec === '') continue;
    const match = RANGE_SPEC.exec(spec);
    if (match === null) return null;
    const [, first = '', last = '', suffix] = match;
    if (last !== '' && Number(first) > Number(last)) return null;
    specs.push(suffix === undefined || size === 0 ? spec : `-${Math.min(Number(suffix), size)}`);
  }
  return specs.length === 0 ? null : specs;
}

function parse(size: number, specs: readonly string[], combine: boolean): readonly ByteRange[] {
  const ranges = parseRange(size, `bytes=${specs.join(',')}`, { combine });
  return typeof ranges === 'number' ? [] : ranges;
}

/** The value of Content-Range for a part of a representation of `size` bytes (RFC 9110 §14.4). */
export function contentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`;
}
