import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { StoreError } from './store-error';

/** What tells one version of an object from every other, and what its answer says of it. */
export interface ObjectFacts {
  readonly mtime: Date;
  readonly size: number;
  /** The store's, as it is. */
  readonly etag: string;
}

/** @throws StoreError if something is missing: without an ETag, versions could be mixed */
export function factsOf({ LastModified, ContentLength, ETag }: HeadObjectCommandOutput): ObjectFacts {
  const isWhole = LastModified !== undefined && ContentLength !== undefined && ETag !== undefined;
  if (!isWhole) throw new StoreError(503, 'the object store told no time, length or ETag');
  return { mtime: LastModified, size: ContentLength, etag: ETag };
}
