import { createRequire } from 'node:module';
import { median } from './statistics.mjs';

// The build does not export these functions: they are compiled from src/ when they are loaded.
const require = createRequire(import.meta.url);
require('esbuild-register/dist/node').register();
const { acceptedCodings } = require('../src/http/accept-encoding.ts');
const { byteRanges } = require('../src/http/byte-ranges.ts');
const { ifMatch, isFresh } = require('../src/http/preconditions.ts');
const { requestPath } = require('../src/paths/request-path.ts');

/** The length of the inputs, in bytes: Node's default limit for all header fields together. */
const INPUT_LENGTH = 16 * 1024;

const CODINGS = ['br', 'zstd', 'gzip'];
const VALIDATORS = { etag: '"x"', lastModified: 'Tue, 14 Nov 2023 22:13:20 GMT' };

/** Header fields and request targets of 16 KB that backtracking or quadratic code would parse slowly. */
const PATHOLOGICAL_INPUTS = {
  'Accept-Encoding with many codings': () => acceptedCodings(repeated('gzip;q=0.1,'), CODINGS),
  'Accept-Encoding with many parameters': () => acceptedCodings(`gzip;${repeated('q=1;')}`, CODINGS),
  'Accept-Encoding with many quotes': () => acceptedCodings(repeated('"\\'), CODINGS),
  'If-None-Match with many tags': () => isFresh({ 'if-none-match': repeated('W/"a", ') }, VALIDATORS),
  'If-None-Match with many spaces': () => isFresh({ 'if-none-match': repeated(' ') }, VALIDATORS),
  'If-Match with many tags': () => ifMatch(repeated('"a" ,'), '"x"'),
  'If-Match with many spaces': () => ifMatch(`${repeated(' ')}x`, '"x"'),
  'Range with many ranges': () => byteRanges(`bytes=${repeated('0-0,')}`, 1e9),
  'Range with many digits': () => byteRanges(`bytes=${repeated('9')}-`, 1e9),
  'Range with many spaces': () => byteRanges(`bytes=${repeated(' ')}-`, 1e9),
  'request target with many escapes': () => requestPath(`/${repeated('%41')}`),
  'request target with many dots': () => requestPath(`/${repeated('.a')}/..`),
};

function repeated(piece) {
  return piece.repeat(INPUT_LENGTH / piece.length);
}

/** Measures how long each input takes. The median excludes the runs that garbage collection interrupts. */
export function measureParsing() {
  return Object.entries(PATHOLOGICAL_INPUTS).map(([name, parse]) => {
    const times = Array.from({ length: 200 }, () => {
      const startedAt = performance.now();
      parse();
      return performance.now() - startedAt;
    });
    return { name, milliseconds: median(times) };
  });
}
