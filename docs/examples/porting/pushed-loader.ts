import { SharedDataMiddleware, type App, type Exports, type OpenedFile } from 'shared-data-middleware';

export class VersionedFiles extends SharedDataMiddleware {
  constructor(app: App | null, exports: Exports, version: string) {
    super(app, exports);
    const content = Buffer.from(`${version}\n`);
    const file: OpenedFile = {
      mtime: new Date(),
      size: content.length,
      content,
      read: (start, end) => content.subarray(start, end + 1),
    };
    this.exports.push(['/version', (path) => (path === null ? ['version.txt', () => file] : null)]);
  }
}
