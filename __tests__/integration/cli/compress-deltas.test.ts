import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import zlib from 'node:zlib';
import { deltaEncoder } from '../../../src/cli/compress/delta-encoder';
import { SharedDataMiddleware } from '../../../src/index';
import { outcome } from '../../support/cli';
import { dictionaryOf } from '../../support/deltas';
import { folderWith } from '../../support/files';
import { rawRequest, serve } from '../../support/server';

const lines = Array.from({ length: 300 }, (_, at) => `export const value${at} = ${at * at};`);
const [older, old, current] = ['older', 'old', 'current'].map((name) => [...lines, `// ${name}`].join('\n'));

/** The zstd part of `node:zlib`, which the types of Node 20 lack. */
const { zstdDecompressSync } = zlib as unknown as {
  zstdDecompressSync: (bytes: Uint8Array, options: { dictionary: Uint8Array }) => Buffer;
};

if (deltaEncoder() === null) {
  console.log(
    `Not run with Node ${process.version}, which lacks zstd with dictionaries: the tests that make deltas`,
  );

  test('--dictionaries-from is an error if Node cannot make deltas', async () => {
    const folder = folderWith({ 'app.js': current ?? '' });
    const { code, stdout, stderr } = await outcome('compress', folder, '--dictionaries-from', folderWith());
    expect([code, stdout, stderr]).toEqual([
      1,
      null,
      `shared-data: option --dictionaries-from: expected a Node whose zstd has dictionaries, such as 22.19 or 24.6, got ${process.version}\n`,
    ]);
    expect(readdirSync(folder)).toEqual(['app.js']);
  });
} else {
  test('--dictionaries-from writes a delta for each older release, which is served and decodes to the file', async () => {
    const folder = folderWith({ 'app.3c.js': current ?? '' }, new Date(1.7e12));
    const releases = [folderWith({ 'app.1a.js': older ?? '' }), folderWith({ 'app.2b.js': old ?? '' })];
    const options = releases.flatMap((release) => ['--dictionaries-from', release]);
    const { code, stdout, stderr } = await outcome('compress', folder, ...options);
    expect([code, stderr]).toEqual([0, null]);
    expect(stdout).toMatch(/; 2 deltas: \d+ bytes instead of \d+\n$/);

    const dictionaries = { match: '/app.*.js' };
    const shared = new SharedDataMiddleware(null, { '/': folder }, { precompressed: true, dictionaries });
    const { port } = await serve(shared.listener);
    const { length } = readFileSync(join(folder, 'app.3c.js.br'));
    for (const release of [older ?? '', old ?? '']) {
      const { headers, body } = await rawRequest(port, 'GET', '/app.3c.js', [
        ['Accept-Encoding', 'gzip, deflate, br, zstd, dcb, dcz'],
        ['Available-Dictionary', dictionaryOf(release).field],
      ]);
      expect(headers['content-encoding']).toBe('dcz');
      expect(body.length).toBeLessThan(length / 4);
      expect(zstdDecompressSync(body.subarray(40), { dictionary: Buffer.from(release) }).toString()).toBe(
        current,
      );
    }
    expect((await outcome('compress', folder, ...options)).stdout).toMatch(
      /^0 files compressed, 1 up to date/,
    );
  });
}
