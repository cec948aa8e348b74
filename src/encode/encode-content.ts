import type { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * How many bytes are passed to a thread at a time. A process that exits waits for its threads, and with the best
 * level of Brotli, a thread needs up to half a second for what it compresses at once.
 */
const PIECE_SIZE = 64 * 1024;

/**
 * Compresses content in the thread pool, piece by piece. A process that has nothing else to do ends after the
 * piece that is being compressed.
 *
 * @param encoder a stream that compresses; it is destroyed if it fails
 */
export function encodeContent(content: Uint8Array, encoder: Transform): Promise<Buffer> {
  return pipeline(piecesOf(content), encoder, async (chunks: AsyncIterable<Buffer>) => {
    const encoded: Buffer[] = [];
    for await (const chunk of chunks) encoded.push(chunk);
    return concat(encoded);
  });
}

async function* piecesOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += PIECE_SIZE) {
    if (at > 0) await delay(0, undefined, { ref: false });
    yield content.subarray(at, at + PIECE_SIZE);
  }
}

/** In memory of its own: `Buffer.concat` may return a part of a larger buffer, all of which is then kept. */
function concat(chunks: readonly Buffer[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let filled = 0;
  for (const chunk of chunks) filled += chunk.copy(bytes, filled);
  return bytes;
}
