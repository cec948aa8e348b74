import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SharedDataOptions } from '../../src';

/** A request and the response of Werkzeug, recorded from its own server. */
export interface Case {
  readonly name: string;
  /** Pairs of a prefix and a path in the fixture directory. */
  readonly exports: readonly (readonly [string, string])[];
  readonly options: SharedDataOptions;
  readonly request: {
    readonly method: string;
    readonly target: string;
    readonly headers: readonly (readonly [string, string])[];
  };
  /** Whether `{etag}` in a header is replaced by the ETag of a preceding GET. */
  readonly needsEtag: boolean;
  readonly werkzeug: Expected & { readonly headers: Record<string, string>; readonly has: readonly string[] };
  /** `'same'`, or the expected response if it differs from Werkzeug on purpose. */
  readonly expect: 'same' | Expected;
  /** The reason for the difference. */
  readonly differs?: string;
}

/** The compared parts of a response. */
export interface Expected {
  readonly status: number;
  readonly servedBy: 'app' | 'middleware';
  readonly headers?: Record<string, string>;
  readonly bodyLength?: number;
  readonly bodySha256?: string;
}

interface Recording {
  readonly fixture: {
    readonly mtime: number;
    readonly text: Record<string, string>;
    readonly binary: Record<string, { readonly bytes: number; readonly seed: number }>;
  };
  readonly cases: readonly Case[];
}

const recording = JSON.parse(readFileSync(join(__dirname, 'werkzeug.json'), 'utf8')) as Recording;

export const { cases } = recording;
export const fixtureTime = new Date(recording.fixture.mtime * 1000);

/** The files that the cases request. */
export function fixtureFiles(): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = { ...recording.fixture.text };
  for (const [name, { bytes, seed }] of Object.entries(recording.fixture.binary)) {
    files[name] = Uint8Array.from(
      { length: bytes },
      (_, index) => (index * 31 + seed * 7 + (index >> 8)) & 255,
    );
  }
  return files;
}
