import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { StoreError } from './store-error';

/** What tells the versions of an object apart, and what a response says about it. */
export interface ObjectMetadata {
  readonly mtime: Date;
  readonly size: number;
  /** The ETag of the store, unchanged. */
  readonly etag: string;
}

/** @throws StoreError if something is missing. Without an ETag, two versions could be mixed. */
export function objectMetadata({
  LastModified,
  ContentLength,
  ETag,
}: HeadObjectCommandOutput): ObjectMetadata {
  const isComplete = LastModified !== undefined && ContentLength !== undefined && ETag !== undefined;
  if (!isComplete) throw new StoreError(503, 'the object store told no time, length or ETag');
  return { mtime: LastModified, size: ContentLength, etag: ETag };
}
