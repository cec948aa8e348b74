// An ES module in JavaScript with JSDoc types.
/** @import { Answer, FileLookup, Loader, SharedFile, SharedRequest } from 'shared-data-middleware' */
import { SharedDataMiddleware } from 'shared-data-middleware';

export class Assets extends SharedDataMiddleware {
  served = 0;

  /**
   * @override
   * @param {string} filename
   * @param {FileLookup} lookup
   */
  isAllowed(filename, { path }) {
    return !filename.endsWith('.map') && path !== 'private';
  }

  /**
   * @override
   * @param {string} directory
   * @returns {Loader}
   */
  getDirectoryLoader(directory) {
    const loader = super.getDirectoryLoader(directory);
    return (path, request) => loader(path ?? 'package.json', request);
  }

  /**
   * @override
   * @param {Date} mtime
   * @param {number} fileSize
   */
  generateEtag(mtime, fileSize) {
    return `${mtime.getTime()}-${fileSize}`;
  }

  /**
   * @override
   * @param {Headers} headers
   * @param {SharedFile} file
   */
  setHeaders(headers, { filename }) {
    headers.set('X-File', filename);
  }

  /**
   * @override
   * @param {SharedRequest} request
   * @returns {Promise<Answer | null>}
   */
  async answer(request) {
    const answer = await super.answer(request);
    if (answer !== null) this.served += 1;
    return answer;
  }
}

export const assets = new Assets(null, { '/files': '.' }, { cacheControl: 'no-cache' });

/** Never instantiated. The compiler must report each override. */
export class Mistakes extends SharedDataMiddleware {
  /**
   * @override
   * @param {string} filename
   */
  // @ts-expect-error isAllowed returns a boolean
  isAllowed(filename) {
    return filename;
  }

  /**
   * @override
   * @param {string} directory
   */
  // @ts-expect-error a loader method is synchronous
  async getDirectoryLoader(directory) {
    return super.getDirectoryLoader(directory);
  }

  /**
   * @override
   * @param {Date} mtime
   */
  // @ts-expect-error an entity tag is not a number
  generateEtag(mtime) {
    return mtime.getTime();
  }

  /**
   * @override
   * @param {Headers} headers
   * @param {SharedFile} file
   */
  setHeaders(headers, file) {
    // @ts-expect-error the properties of a file are read-only
    file.size = 0;
    // @ts-expect-error a header value is a string
    headers.set('X-Size', file.size);
  }

  /** @override */
  // @ts-expect-error an answer has header fields
  answer() {
    return { status: 204, body: null };
  }
}

/** Never called. */
export function mistake() {
  // @ts-expect-error an unknown option
  return new SharedDataMiddleware(null, {}, { cacheTimout: 1 });
}
