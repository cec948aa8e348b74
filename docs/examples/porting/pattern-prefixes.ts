import { SharedDataMiddleware, type App, type Loader } from 'shared-data-middleware';

export class PatternFiles extends SharedDataMiddleware {
  constructor(app: App | null, patterns: Readonly<Record<string, string>>) {
    super(app, {});
    for (const [pattern, directory] of Object.entries(patterns)) {
      this.exports.push(['/', this.getPatternLoader(pattern, directory)]);
    }
  }

  getPatternLoader(pattern: string, directory: string): Loader {
    const prefix = new RegExp(`^(?:${pattern})/`);
    const find = this.getDirectoryLoader(directory);
    return (path, request) => {
      const whole = `/${path ?? ''}`;
      const matched = prefix.exec(whole);
      return matched === null ? null : find(whole.slice(matched[0].length), request);
    };
  }
}
