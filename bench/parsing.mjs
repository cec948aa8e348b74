import { byteRanges } from '../dist/http/byte-ranges.js';
import { acceptedCodings } from '../dist/http/content-coding.js';
import { ifMatch, isFresh } from '../dist/http/preconditions.js';
import { requestPath } from '../dist/http/request-path.js';

const LENGTH = 16 * 1024;

/** The most that one field may take, in milliseconds. */
export const MOST = 1;

const facts = { etag: '"x"', lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT' };

/** Fields of 16 KB that are meant to be slow to read, and how long each takes. */
const PATHOLOGICAL = {
  'Accept-Encoding of many codings': () => acceptedCodings(filled('gzip;q=0.1,'), ['br', 'zstd', 'gzip']),
  'Accept-Encoding of parameters': () => acceptedCodings(`gzip;${filled('q=1;')}`, ['br', 'zstd', 'gzip']),
  'Accept-Encoding of quotes': () => acceptedCodings(filled('"\\'), ['br', 'zstd', 'gzip']),
  'If-None-Match of many tags': () => isFresh({ 'if-none-match': filled('W/"a", ') }, facts),
  'If-None-Match of spaces': () => isFresh({ 'if-none-match': filled(' ') }, facts),
  'If-Match of many tags': () => ifMatch(filled('"a" ,'), '"x"'),
  'If-Match of spaces': () => ifMatch(`${filled(' ')}x`, '"x"'),
  'Range of many ranges': () => byteRanges(`bytes=${filled('0-0,')}`, 1e9),
  'Range of digits': () => byteRanges(`bytes=${filled('9')}-`, 1e9),
  'Range of spaces': () => byteRanges(`bytes=${filled(' ')}-`, 1e9),
  'a target of escapes': () => requestPath(`/${filled('%41')}`),
  'a target of dots': () => requestPath(`/${filled('.a')}/..`),
};

function filled(piece) {
  return piece.repeat(LENGTH / piece.length);
}

/** The longest of many runs would be the collector's; the median is the parser's. */
export function measureParsing(median) {
  return Object.entries(PATHOLOGICAL).map(([name, parse]) => {
    const times = Array.from({ length: 200 }, () => {
      const begun = performance.now();
      parse();
      return performance.now() - begun;
    });
    return { name, milliseconds: median(times) };
  });
}
