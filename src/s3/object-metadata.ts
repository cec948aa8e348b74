import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { entityTag } from '../http/entity-tags';
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
  checkETag(ETag);
  return { mtime: LastModified, size: ContentLength, etag: ETag };
}

/** A store that sends an invalid ETag has failed: it is not an error of the request or of this package. */
function checkETag(etag: string): void {
  try {
    entityTag(etag);
  } catch (error) {
    throw new StoreError(503, 'the object store sent an invalid ETag', error);
  }
}
