/**
 * The loader for object storage that speaks S3.
 *
 * @module shared-data-middleware/s3
 */
export { s3Loader } from './loader';
export type { S3LoaderOptions } from './options';
