import { join } from 'node:path';
import ts from 'typescript';
import { PROJECT } from '../support/root';

const SOURCE = JSON.stringify(join(PROJECT, 'src'));

const preamble = `
import { SharedDataMiddleware, type FileLookup, type Loader, type Opener } from ${SOURCE};
declare const app: (req: unknown, res: unknown) => void;
`;

const invalid: Record<string, string> = {
  'an export value that is a number': `new SharedDataMiddleware(app, { '/x': 1 });`,
  'a package export without a path': `new SharedDataMiddleware(app, { '/x': ['pkg'] });`,
  'an export pair in the wrong order': `new SharedDataMiddleware(app, [[(() => null), '/x']]);`,
  'an application that is undefined': `new SharedDataMiddleware(undefined, {});`,
  'a constructor call without exports': `new SharedDataMiddleware(app);`,
  'an unknown option': `new SharedDataMiddleware(app, {}, { cacheTimout: 1 });`,
  'an option of the wrong type': `new SharedDataMiddleware(app, {}, { cacheTimeout: '1h' });`,
  'an invalid value of an enumerated option': `new SharedDataMiddleware(app, {}, { dotfiles: 'yes' });`,
  'answerFile with an unknown option': `
    declare const shared: SharedDataMiddleware;
    shared.answerFile({ headers: {} }, 'a.txt', { maxAge: 1 });`,
  'answerFile with a URL as the filename': `
    declare const shared: SharedDataMiddleware;
    shared.answerFile({ headers: {} }, new URL('file:///a.txt'));`,
  'answerFile with header fields that are numbers': `
    declare const shared: SharedDataMiddleware;
    shared.answerFile({ headers: {} }, 'a.txt', { headers: { Age: 1 } });`,
  'options of download with the option of answerFile': `
    import type { DownloadOptions } from ${SOURCE};
    export const options: DownloadOptions = { download: true };`,
  'an answer of answerFile that may be null': `
    declare const shared: SharedDataMiddleware;
    export const status: Promise<number> = Promise.resolve(shared.answerFile({ headers: {} }, 'a')).then((one) => one.status);`,
  'a listing that is not a text': `
    new SharedDataMiddleware(app, {}, { listing: ({ entries }) => entries.length });`,
  'a listing that changes an entry': `
    new SharedDataMiddleware(app, {}, { listing: ({ entries }) => { entries.pop(); return ''; } });`,
  'isAllowed that returns a string': `
    class S extends SharedDataMiddleware { override isAllowed(): string { return 'yes'; } }`,
  'isAllowed with a number as its parameter': `
    class S extends SharedDataMiddleware {
      override isAllowed(size: number): boolean { return size > 0; }
    }`,
  'a loader method that returns Promise<void>': `
    class S extends SharedDataMiddleware {
      override getFileLoader(filename: string): Promise<void> { return Promise.resolve(); }
    }`,
  'generateEtag that returns a number': `
    class S extends SharedDataMiddleware { override generateEtag(): number { return 1; } }`,
  'handle that returns void': `
    class S extends SharedDataMiddleware { override handle(): void { return; } }`,
  'an override of a method that does not exist': `
    class S extends SharedDataMiddleware { override isAlowed(): boolean { return true; } }`,
  'a loader that returns a string': `export const loader: Loader = () => 'a.txt';`,
  'an opener without a size': `
    export const open: Opener = () => ({ mtime: new Date(), read: () => new Uint8Array() });`,
  'an mtime that is a number': `
    export const open: Opener = () => ({ mtime: 1, size: 0, read: () => new Uint8Array() });`,
  'an assignment to a property of FileLookup': `
    export function change(lookup: FileLookup): void { lookup.path = ''; }`,
};

const valid: Record<string, string> = {
  'synchronous overrides': `
    export class S extends SharedDataMiddleware {
      override isAllowed(filename: string): boolean { return filename !== ''; }
      override generateEtag(mtime: Date): string { return String(mtime.getTime()); }
      override getDirectoryLoader(directory: string): Loader {
        const loader = super.getDirectoryLoader(directory);
        return (path, request) => loader(path ?? 'index.html', request);
      }
    }`,
  'asynchronous overrides': `
    export class S extends SharedDataMiddleware {
      override async isAllowed(filename: string, lookup: FileLookup): Promise<boolean> {
        return await super.isAllowed(filename, lookup);
      }
      override async setHeaders(headers: Headers): Promise<void> { headers.delete('x'); }
      override async handleError(): Promise<void> { return; }
      override getPackageLoader(name: string, path: string, extra: string): Loader {
        const file = { mtime: new Date(), size: 0, read: () => new Uint8Array() };
        return async () => [name + path + extra, () => Promise.resolve(file)];
      }
    }`,
  'files that a handler sends': `
    import type { IncomingMessage, ServerResponse } from 'node:http';
    export async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
      const shared = new SharedDataMiddleware(null, {});
      await shared.sendFile(req, res, 'a.txt');
      await shared.sendFile(req, res, 'a.txt', { root: '/srv', status: 404, headers: { 'X-A': '1' }, download: 'b.txt' });
      await shared.download(req, res, 'a.txt', { root: '/srv', name: undefined, headers: new Headers() });
      const answer = await shared.answerFile({ method: 'GET', headers: {} }, 'a.txt', { download: true });
      if (answer !== null) await answer.close?.();
    }`,
  'pages of directories': `
    new SharedDataMiddleware(null, {}, { listing: true });
    new SharedDataMiddleware(null, {}, {
      listing: async ({ path, entries, page }, request) =>
        path + entries.map(({ name, file }) => name + (file?.size ?? '/')).join() + page.count + (request.url ?? ''),
    });`,
  'all forms of exports': `
    new SharedDataMiddleware(null, { '/a': 'a', '/b': ['pkg', 'static', 'more'], '/c': () => null });
    new SharedDataMiddleware(app, new Map([['/a', 'a']]), { disallow: ['*.a'], cache: undefined });
    new SharedDataMiddleware(app, [['/a', 'a'], ['/b', ['pkg', 'static']], ['/c', async () => null]]);`,
};

/** Compiles all snippets in one program with the options of the project. Returns the errors of each. */
function errorsOf(snippets: Record<string, string>): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const sources = new Map(
    Object.values(snippets).map((code, index) => [join(__dirname, `snippet-${index}.ts`), preamble + code]),
  );
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => sources.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => sources.get(path) ?? ts.sys.readFile(path);
  const program = ts.createProgram([...sources.keys()], { ...options, noUnusedLocals: false }, host);
  return new Map(
    Object.keys(snippets).map((name, index) => {
      const source = program.getSourceFile(join(__dirname, `snippet-${index}.ts`));
      const errors = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [name, errors.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))];
    }),
  );
}

const errors = errorsOf({ ...invalid, ...valid });

test.each(Object.keys(invalid))('%s does not compile', (name) => {
  expect(errors.get(name)).toHaveLength(1);
});

test.each(Object.keys(valid))('%s compile', (name) => {
  expect(errors.get(name)).toEqual([]);
});
