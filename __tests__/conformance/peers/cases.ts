import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SharedDataOptions } from '../../../src';

/** Requests that the tests of another file server make, and its responses. Written down from its tests. */
export interface PeerTable {
  readonly peer: string;
  /** The tests that the cases follow. */
  readonly suite: string;
  /** The folder of the fixture that is exported. */
  readonly root: string;
  /** The options with which this package comes closest to the peer. */
  readonly options: SharedDataOptions;
  readonly cases: readonly PeerCase[];
}

export interface PeerCase {
  readonly name: string;
  /** @default 'GET' */
  readonly method?: string;
  readonly target: string;
  /**
   * The fields of the request. `{etag}` and `{last-modified}` stand for the fields of a response to a GET of
   * the same target.
   */
  readonly fields?: Fields;
  /** What is exported, in the fixture. @default the root of the table, at '/' */
  readonly exports?: readonly (readonly [prefix: string, path: string])[];
  /** Options in addition to those of the table. */
  readonly options?: SharedDataOptions;
  /** What middleware in front sets on the response. */
  readonly inFront?: { readonly status?: number; readonly fields?: Fields };
  /** What a subclass returns from `generateEtag`. */
  readonly etag?: string;
  /** What a subclass sets in `setHeaders`. */
  readonly setHeaders?: Fields;
  /** Whether no application follows, only {@link NotFound}. Such a case runs without Express. */
  readonly isLast?: boolean;
  /** The file whose content is expected. @default the file at the target */
  readonly file?: string;
  readonly peer: PeerResponse;
  /** The response of this package if it is another one, on purpose. */
  readonly ours?: PeerResponse;
  /** The response through `middleware` if it is again another one. */
  readonly middleware?: PeerResponse;
  /** The reason for the difference. */
  readonly why?: string;
}

type Fields = Readonly<Record<string, string>>;

/** The compared parts of a response. */
export interface PeerResponse {
  readonly status: number;
  /**
   * Fields of the response, in lower case. `{etag}` and `{last-modified}` as in the request; null: the field
   * is absent; a value that ends in `*`: the field starts with what is before it.
   */
  readonly fields?: Readonly<Record<string, string | null>>;
  readonly body?: string;
  /** Whether the body is the whole {@link PeerCase.file}. */
  readonly whole?: true;
  /** The range of the file that is the body, such as `0-4`. Also the Content-Range. */
  readonly range?: string;
  /** The ranges of the file that are the parts of a multipart body. */
  readonly ranges?: readonly string[];
  /** The target that the Location leads to. */
  readonly to?: string;
  /** Whether the application responds: with 404, whatever the status of the peer's application. */
  readonly fromApp?: true;
}

function load(name: string): PeerTable {
  return JSON.parse(readFileSync(join(__dirname, `${name}.json`), 'utf8')) as PeerTable;
}

export const tables: readonly PeerTable[] = ['go', 'nginx', 'tower-http', 'send', 'serve-static'].map(load);
