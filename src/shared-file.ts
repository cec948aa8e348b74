/** The file of an answer, for {@link SharedDataMiddleware.responseHeaders} and the option `cacheControl`. */
export interface SharedFile {
  /** The base name, as the loader gave it. */
  readonly filename: string;
  /** The path of the file below the export's prefix, or null where the request is for the prefix itself. */
  readonly path: string | null;
  /** When the content last changed. */
  readonly mtime: Date;
  /** Length in bytes. */
  readonly size: number;
}
