import { join } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');
const heading = `
import { SharedDataMiddleware, type FileLookup, type Loader, type Opener } from ${JSON.stringify(join(root, 'src'))};
declare const app: (req: unknown, res: unknown) => void;
`;

const wrong: Record<string, string> = {
  'an export value that is a number': `new SharedDataMiddleware(app, { '/x': 1 });`,
  'an export value with one name only': `new SharedDataMiddleware(app, { '/x': ['pkg'] });`,
  'an export pair the wrong way round': `new SharedDataMiddleware(app, [[(() => null), '/x']]);`,
  'an application that is undefined': `new SharedDataMiddleware(undefined, {});`,
  'no exports': `new SharedDataMiddleware(app);`,
  'an unknown option': `new SharedDataMiddleware(app, {}, { cacheTimout: 1 });`,
  'an option of the wrong type': `new SharedDataMiddleware(app, {}, { cacheTimeout: '1h' });`,
  'a word that an option does not know': `new SharedDataMiddleware(app, {}, { dotfiles: 'yes' });`,
  'isAllowed that returns a text': `class S extends SharedDataMiddleware { override isAllowed(): string { return 'yes'; } }`,
  'isAllowed that wants a number': `class S extends SharedDataMiddleware { override isAllowed(size: number): boolean { return size > 0; } }`,
  'a loader method that returns a promise of nothing': `class S extends SharedDataMiddleware { override getFileLoader(filename: string): Promise<void> { return Promise.resolve(); } }`,
  'generateEtag that returns a number': `class S extends SharedDataMiddleware { override generateEtag(): number { return 1; } }`,
  'handle that returns nothing': `class S extends SharedDataMiddleware { override handle(): void { return; } }`,
  'an override of what does not exist': `class S extends SharedDataMiddleware { override isAlowed(): boolean { return true; } }`,
  'a loader that returns a text': `export const loader: Loader = () => 'a.txt';`,
  'an opener without a size': `export const open: Opener = () => ({ mtime: new Date(), read: () => new Uint8Array() });`,
  'a time that is a number': `export const open: Opener = () => ({ mtime: 1, size: 0, read: () => new Uint8Array() });`,
  'a change to how a file was found': `export function change(lookup: FileLookup): void { lookup.path = ''; }`,
};

const right: Record<string, string> = {
  'overrides that are synchronous': `
    export class S extends SharedDataMiddleware {
      override isAllowed(filename: string): boolean { return filename !== ''; }
      override generateEtag(mtime: Date): string { return String(mtime.getTime()); }
      override getDirectoryLoader(directory: string): Loader {
        const loader = super.getDirectoryLoader(directory);
        return (path, request) => loader(path ?? 'index.html', request);
      }
    }`,
  'overrides that are asynchronous': `
    export class S extends SharedDataMiddleware {
      override async isAllowed(filename: string, lookup: FileLookup): Promise<boolean> {
        return await super.isAllowed(filename, lookup);
      }
      override async responseHeaders(headers: Headers): Promise<void> { headers.delete('x'); }
      override async handleError(): Promise<void> { return; }
      override getPackageLoader(name: string, path: string, extra: string): Loader {
        return async () => [name + path + extra, () => Promise.resolve({ mtime: new Date(), size: 0, read: () => new Uint8Array() })];
      }
    }`,
  'every form of exports': `
    new SharedDataMiddleware(null, { '/a': 'a', '/b': ['pkg', 'static', 'more'], '/c': () => null });
    new SharedDataMiddleware(app, new Map([['/a', 'a']]), { disallow: ['*.a'], cache: undefined });
    new SharedDataMiddleware(app, [['/a', 'a'], ['/b', ['pkg', 'static']], ['/c', async () => null]]);`,
};

/** The errors of each snippet, compiled all at once with the project's own settings. */
function errorsOf(snippets: Record<string, string>): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const sources = new Map(
    Object.values(snippets).map((code, at) => [join(__dirname, `snippet-${at}.ts`), heading + code]),
  );
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => sources.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => sources.get(path) ?? ts.sys.readFile(path);
  const program = ts.createProgram([...sources.keys()], { ...options, noUnusedLocals: false }, host);
  return new Map(
    Object.keys(snippets).map((name, at) => {
      const source = program.getSourceFile(join(__dirname, `snippet-${at}.ts`));
      const errors = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [name, errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))];
    }),
  );
}

const errors = errorsOf({ ...wrong, ...right });

test.each(Object.keys(wrong))('%s does not compile', (name) => {
  expect(errors.get(name)).toHaveLength(1);
});

test.each(Object.keys(right))('%s: compiles', (name) => {
  expect(errors.get(name)).toEqual([]);
});
