import {
  SharedDataMiddleware,
  type Answer,
  type EncodedOpener,
  type FileLookup,
  type HeaderFields,
  type LoaderResult,
  type Loader,
  type MaybePromise,
  type OpenedFile,
  type Opener,
  type SharedFile,
  type SharedRequest,
} from 'shared-data-middleware';
import type { IncomingMessage, ServerResponse } from 'node:http';

const noEncodedFile: EncodedOpener = () => null;

/** Overrides every method and calls the overridden one. */
export class Assets extends SharedDataMiddleware {
  served = 0;

  override isAllowed(filename: string, lookup: FileLookup): MaybePromise<boolean> {
    return lookup.request.method === 'GET' && super.isAllowed(filename, lookup);
  }

  override getFileLoader(filename: string): Loader {
    return super.getFileLoader(filename);
  }

  override getDirectoryLoader(directory: string): Loader {
    const loader = super.getDirectoryLoader(directory);
    return async (path, request): Promise<LoaderResult | null> => {
      const result = await loader(path ?? 'package.json', request);
      return result && [result[0], result[1], noEncodedFile];
    };
  }

  override getPackageLoader(packageName: string, packagePath: string, language = 'en'): Loader {
    return super.getPackageLoader(packageName, `${packagePath}/${language}`);
  }

  override opener(filename: string, root?: string): Opener {
    const open = super.opener(filename, root);
    return async (): Promise<OpenedFile> => await open();
  }

  override async generateEtag(
    mtime: Date,
    fileSize: number,
    realFilename: string,
    content?: Uint8Array,
  ): Promise<string | null> {
    const etag = await super.generateEtag(mtime, fileSize, realFilename, content);
    return etag === null ? null : `${etag.replaceAll('"', '')}-v2`;
  }

  override setHeaders(headers: Headers, { filename, size }: SharedFile, request: SharedRequest): void {
    headers.set('X-File', `${filename} ${size} ${request.headers['accept-language'] ?? ''}`);
  }

  override async answer(request: SharedRequest): Promise<Answer | null> {
    const answer = await super.answer(request);
    const fields: HeaderFields | undefined = answer?.headers;
    if (fields !== undefined) this.served += 1;
    return answer;
  }

  override async handleError(error: unknown, req: IncomingMessage, res: ServerResponse): Promise<void> {
    await super.handleError(error, req, res);
  }

  override get exports(): [string, Loader][] {
    return super.exports.filter(([prefix]) => prefix !== '');
  }

  override set exports(exports: [string, Loader][]) {
    super.exports = exports;
  }
}

export const assets = new Assets(null, { '/files': '.' });

/** Never instantiated. The compiler must report each override. */
export class Mistakes extends SharedDataMiddleware {
  // @ts-expect-error isAllowed returns a boolean
  override isAllowed(filename: string): string {
    return filename;
  }

  // @ts-expect-error a loader method is synchronous
  override getDirectoryLoader(directory: string): Promise<Loader> {
    return Promise.resolve(super.getDirectoryLoader(directory));
  }

  // @ts-expect-error an entity tag is not a number
  override generateEtag(mtime: Date): number {
    return mtime.getTime();
  }

  // @ts-expect-error the first parameter is Headers
  override setHeaders(headers: Map<string, string>): void {
    headers.clear();
  }

  // @ts-expect-error an answer has header fields
  override answer(): { status: number; body: null } {
    return { status: 204, body: null };
  }

  // @ts-expect-error there is no such method
  override isAlowed(): boolean {
    return true;
  }
}
