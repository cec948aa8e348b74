import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { promisify } from 'node:util';
import { gunzipSync, createGzip } from 'node:zlib';
import { encodeContent } from '../../../src/encode/encode-content';
import { REGISTER } from '../../support/cli';

test.each([0, 1, 65_535, 65_536, 65_537, 300_000])('%d bytes are encoded as a whole', async (size) => {
  const content = randomBytes(size);
  const encoded = await encodeContent(content, createGzip());
  expect(gunzipSync(encoded).equals(content)).toBe(true);
});

test('the result is in memory of its own, so that keeping it keeps no larger buffer', async () => {
  const encoded = await encodeContent(Buffer.from('short'), createGzip());
  expect(encoded.buffer.byteLength).toBe(encoded.length);
});

test('an error of the encoder rejects, and the encoder is destroyed', async () => {
  const failing = new Transform({
    transform: (_chunk, _encoding, done) => {
      done(new Error('out of memory'));
    },
  });
  await expect(encodeContent(randomBytes(100), failing)).rejects.toThrow('out of memory');
  expect(failing.destroyed).toBe(true);
});

test('a process that has nothing else to do ends before a large content is encoded', async () => {
  const script = `
    const { encodeContent } = require('./src/encode/encode-content');
    const { createGzip } = require('node:zlib');
    encodeContent(Buffer.alloc(1e9), createGzip()).then(() => console.log('encoded'));
  `;
  const options = { cwd: join(__dirname, '../../..'), timeout: 30_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ['-r', REGISTER, '-e', script], options);
  expect(stdout).toBe('');
}, 30_000);
