// CommonJS JavaScript with JSDoc types.
/** @import { Answer, FileLookup, Loader, SharedFile, SharedRequest } from 'shared-data-middleware' */
const { SharedDataMiddleware } = require('shared-data-middleware');

class Assets extends SharedDataMiddleware {
  /**
   * @override
   * @param {string} filename
   * @param {FileLookup} lookup
   */
  isAllowed(filename, { prefix }) {
    return filename !== '' && prefix !== '';
  }

  /**
   * @override
   * @param {string} directory
   * @returns {Loader}
   */
  getDirectoryLoader(directory) {
    return super.getDirectoryLoader(directory);
  }

  /**
   * @override
   * @param {Date} mtime
   * @param {number} fileSize
   * @param {string} realFilename
   */
  async generateEtag(mtime, fileSize, realFilename) {
    return await super.generateEtag(mtime, fileSize, realFilename);
  }

  /**
   * @override
   * @param {Headers} headers
   * @param {SharedFile} file
   * @param {SharedRequest} request
   */
  setHeaders(headers, { path }, { url }) {
    headers.set('X-File', path ?? url ?? '');
  }

  /**
   * @override
   * @param {SharedRequest} request
   */
  answer(request) {
    return super.answer(request);
  }
}

/** Never instantiated. The compiler must report each override. */
class Mistakes extends SharedDataMiddleware {
  /**
   * @override
   * @param {number} size
   */
  // @ts-expect-error the first parameter is the file name
  isAllowed(size) {
    return size > 0;
  }

  /** @override */
  // @ts-expect-error a loader is a function
  getDirectoryLoader() {
    return 'public';
  }

  /**
   * @override
   * @returns {Promise<Answer>}
   */
  async answer() {
    // @ts-expect-error the status is a number
    return { status: '204', headers: [], body: null };
  }
}

/** Never called. */
function mistake() {
  // @ts-expect-error an export is not a number
  return new SharedDataMiddleware(null, { '/files': 1 });
}

exports.assets = new Assets(null, { '/files': '.' });
exports.Mistakes = Mistakes;
exports.mistake = mistake;
