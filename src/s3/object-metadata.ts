import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import { entityTag } from '../http/entity-tags';
import type { FileHeaders } from '../types';
import { StoreError } from './store-error';

/** What tells the versions of an object apart, and what a response says about it. */
export interface ObjectMetadata {
  readonly mtime: Date;
  readonly size: number;
  /** The ETag of the store, unchanged. */
  readonly etag: string;
  readonly headers: FileHeaders;
}

/** @throws StoreError if something is missing. Without an ETag, two versions could be mixed. */
export function objectMetadata(head: HeadObjectCommandOutput): ObjectMetadata {
  const { LastModified, ContentLength, ETag } = head;
  const isComplete = LastModified !== undefined && ContentLength !== undefined && ETag !== undefined;
  if (!isComplete) throw new StoreError(503, 'the object store told no time, length or ETag');
  checkETag(ETag);
  return { mtime: LastModified, size: ContentLength, etag: ETag, headers: fileHeaders(head) };
}

/** A store that sends an invalid ETag has failed: it is not an error of the request or of this package. */
function checkETag(etag: string): void {
  try {
    entityTag(etag);
  } catch (error) {
    throw new StoreError(503, 'the object store sent an invalid ETag', error);
  }
}

/** What stores say of an object that was uploaded without a type. The name says more. */
const UNKNOWN_TYPE = /^(?:application|binary)\/octet-stream$/i;

function fileHeaders({
  CacheControl,
  ContentDisposition,
  ContentEncoding = '',
  ContentType = '',
}: HeadObjectCommandOutput): FileHeaders {
  return {
    'cache-control': orUndefined(CacheControl),
    'content-disposition': orUndefined(ContentDisposition),
    'content-encoding': orUndefined(codingsOf(ContentEncoding)),
    'content-type': UNKNOWN_TYPE.test(ContentType) ? undefined : orUndefined(ContentType),
  };
}

/** The content codings of the bytes. `aws-chunked` is that of the upload, which some stores keep. */
function codingsOf(contentEncoding: string): string {
  const codings = contentEncoding.split(',').map((coding) => coding.trim());
  return codings.filter((coding) => !/^(?:aws-chunked|identity|)$/i.test(coding)).join(', ');
}

/** A field without a value is as good as none. */
function orUndefined(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
