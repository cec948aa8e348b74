import { symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { folderWith } from '../../support/files';

/** When the files were modified. */
export const modified = new Date('2014-06-25T17:12:18Z');

const records = Array.from({ length: 100 }, (_, index) => `record ${String(index).padStart(3, '0')}`).join(
  '',
);
const plain = 'Some text for a file that has encodings beside it.\n';

const files: Record<string, string | Uint8Array> = {
  'go/file': '0123456789\n',
  'go/foo.txt': 'foo\n',
  'go/empty.txt': '',
  'go/style.css': 'p{top:0}',
  'go/index.html': '<p>the root</p>\n',
  'go/dir/index.html': '<p>the directory</p>\n',
  'go/dir/other.txt': 'other\n',
  'go/bare/a.txt': 'a\n',
  'go/fraction.css': 'p{top:0}',
  'go/epoch.html': '<html>epoch',

  'nginx/records.html': records,
  'nginx/t': '',
  'nginx/index.html': '<p>index</p>',
  'nginx/many.html': '<p>many</p>',
  'nginx/dir/index.html': '<p>dir</p>',
  'nginx/dir sp/index.html': '<p>dir sp</p>',
  'nginx/odd "#%<>?^`{|}/index.html': '<p>odd</p>',
  'nginx/odd\\back/index.html': '<p>odd</p>',
  'nginx/only.gz': gzipSync(records),
  'nginx/plain.html': plain,
  'nginx/coded.html': plain,
  'nginx/coded.html.gz': gzipSync(plain),
  'outside.txt': 'outside\n',

  'tower/README.md': `# Read me\n\n${records}${records}`,
  'tower/index.html': '<b>HTML!</b>\n',
  'tower/foo/index.html': '<b>foo</b>\n',
  'tower/bare/file.toml': '[package]\n',
  'tower/precompressed.txt': plain,
  'tower/precompressed.txt.gz': gzipSync(plain),
  'tower/precompressed.txt.br': brotliCompressSync(plain),
  'tower/precompressed.txt.zst': 'compressed by zstd',
  'tower/precompressed.txt.zz': 'compressed by zlib',
  'tower/precompressed_br.txt': plain,
  'tower/precompressed_br.txt.br': brotliCompressSync(plain),
  'tower/missing_precompressed.txt': plain,
  'tower/only_gzipped.txt.gz': gzipSync(plain),
  'tower/extensionless_precompressed': plain,
  'tower/extensionless_precompressed.gz': gzipSync(plain),
  'tower/extensionless_precompressed_missing': plain,
  'tower/empty.txt': '',
  'tower/你好世界.txt': 'hello world\n',
  'tower/filename with space.txt': 'space\n',
  'tower/CON.txt': 'a device on Windows\n',
  'tower/com1': 'a device on Windows\n',
  'tower/safe-con.txt': 'no device\n',
  'tower/COM10.txt': 'no device\n',

  'send/name.txt': 'tobi',
  'send/name.html': '<p>tobi</p>',
  'send/name.dir/name.txt': 'tobi in name.dir',
  'send/name.d/name.txt': 'tobi in name.d',
  'send/empty.txt': '',
  'send/nums.txt': '123456789',
  'send/some thing.txt': 'hey',
  'send/do..ts.txt': '...',
  'send/tobi.html': '<p>tobi</p>',
  'send/thing.html.html': '<p>thing</p>',
  'send/pets/index.html': '<p>tobi, loki, jane</p>',
  'send/pets/.hidden': 'secret pet',
  'send/snow ☃/index.html': '<p>snow</p>',
  'send/.hidden.txt': 'secret',
  'send/.mine/name.txt': 'tobi of mine',
  'send/.mine/.hidden': 'secret of mine',
  'send/no_ext': 'no extension',

  'static/todo.txt': '- groceries',
  'static/todo.html': '<li>groceries</li>',
  'static/nums.txt': '123456789',
  'static/foo bar': 'baz',
  'static/empty.txt': '',
  'static/.hidden': 'I am hidden',
  'static/users/index.html': '<p>tobi, loki, jane</p>',
  'static/users/tobi.txt': 'ferret',
  'static/pets/names.txt': 'tobi,loki',
  'static/snow ☃/index.html': '<p>snow</p>',
  'static/foo@2x.txt': 'two times',
  'static/percent%.txt': 'percent',
};

/** Creates the files that the cases request. */
export function createFixture(): { root: string; contentOf: (name: string) => Buffer } {
  const root = folderWith(files, modified);
  const inMilliseconds = modified.getTime() + 123;
  utimesSync(join(root, 'go/fraction.css'), inMilliseconds / 1000, inMilliseconds / 1000);
  utimesSync(join(root, 'go/epoch.html'), 0, 0);
  symlinkSync('plain.html', join(root, 'nginx/link'));
  symlinkSync('../outside.txt', join(root, 'nginx/link-out'));
  symlinkSync('dir', join(root, 'nginx/dirlink'));
  return { root, contentOf: (name: string) => Buffer.from(files[name] ?? '') };
}
