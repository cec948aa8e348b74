import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '../..');

/** What the documents' programs are made of that is not in them. */
const AROUND = {
  'around.d.ts': `
    declare const app: import('shared-data-middleware').App & import('express').Express;
    declare const express: typeof import('express');
    declare const sirv: (folder: string, options: object) => import('express').RequestHandler;
    declare const Bun: { serve(options: { fetch: (request: Request) => Promise<Response>; port: number }): void };
    declare const Deno: { serve(options: object, answer: (request: Request) => Promise<Response>): void };
    declare module 'next' {
      const next: (options: object) => {
        prepare(): Promise<void>;
        getRequestHandler(): import('shared-data-middleware').App;
      };
      export default next;
    }`,
  'app.ts': `export const app: import('shared-data-middleware').App = () => undefined;`,
};

interface Program {
  /** Where it stands: a document, and the line. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(root, folder, name));
}

/** The programs in a Markdown text, which may stand in a comment. */
function programsIn(file: string): Program[] {
  const text = readFileSync(file, 'utf8').replace(/^ *\* ?/gm, file.endsWith('.ts') ? '' : '$&');
  return [...text.matchAll(/^```(ts|js)\n(.*?)^```/gms)].map(([, language = '', program = ''], at) => ({
    place: `${relative(root, file)} ${at + 1}`,
    language,
    text: program,
  }));
}

const programs = [
  join(root, 'README.md'),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
  ...filesBelow('src', '.ts'),
].flatMap(programsIn);

const exported = /export (?:type )?\{([^}]*)\}/g;
const index = readFileSync(join(root, 'src/index.ts'), 'utf8');
const names = [...index.matchAll(exported)].flatMap(([, list = '']) =>
  list.split(',').map((name) => name.trim()),
);

const REQUIRE = /^const (.+?) = require\((.+?)\);$/gm;

/** A piece of a program as a whole one: a method in a class, names of the package imported. */
function whole({ text: written, language }: Program): string {
  const text = language === 'ts' ? written : written.replace(REQUIRE, 'import $1 from $2;');
  const isMember = /^(?:override|readonly|static) /.test(text);
  const body = isMember
    ? `class Example extends SharedDataMiddleware {\n served = 0;\n${text}}\nnew Example(null, {});`
    : text;
  const missing = names.filter(
    (name) =>
      new RegExp(`\\b${name}\\b`).test(body) &&
      !new RegExp(`(?:import|require)[^;]*\\b${name}\\b|const \\{ ${name}`).test(body),
  );
  const imports =
    missing.length === 0 ? '' : `import { ${missing.join(', ')} } from 'shared-data-middleware';\n`;
  return `${imports}${body}
export {};
`.replaceAll("'npm:", "'");
}

function errorsOf(language: string): string[] {
  const sources = new Map(Object.entries(AROUND).map(([name, text]) => [join(root, name), text]));
  const files = new Map<string, Program>();
  for (const [at, program] of programs.filter((one) => one.language === language).entries()) {
    const name = join(root, `program-${at}.ts`);
    files.set(name, program);
    sources.set(name, whole(program));
  }
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  options.noUnusedLocals = false;
  options.noImplicitAny = language === 'ts';
  options.noImplicitOverride = language === 'ts';
  options.noPropertyAccessFromIndexSignature = false;
  options.paths = {
    'shared-data-middleware': ['./src/index.ts'],
    'shared-data-middleware/s3': ['./src/s3/index.ts'],
    'shared-data-middleware/*': ['./src/adapters/*.ts'],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  host.readFile = (name) => sources.get(name) ?? readFile(name);
  host.fileExists = (name) => sources.has(name) || fileExists(name);
  const compiled = ts.createProgram([...sources.keys()], options, host);
  return ts.getPreEmitDiagnostics(compiled).flatMap(({ file, start = 0, messageText }) => {
    const program = files.get(file?.fileName ?? '');
    if (file === undefined || program === undefined) return [];
    const { line } = file.getLineAndCharacterOfPosition(start);
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    return `${program.place}: ${message}: ${file.text.split('\n')[line] ?? ''}`;
  });
}

test('the documents have programs', () => {
  expect(programs.length).toBeGreaterThan(25);
});

test.each(['ts', 'js'])(
  'every program in the documents compiles: %s',
  (language) => {
    expect(errorsOf(language)).toEqual([]);
  },
  60_000,
);
