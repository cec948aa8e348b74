import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { PROJECT } from '../support/root';

/** Declarations that the programs in the documents use but do not contain. */
const CONTEXT_FILES = {
  'context.d.ts': `
    declare const app: import('shared-data-middleware').App & import('express').Express;
    declare const express: typeof import('express');
    declare const sirv: (folder: string, options: object) => import('express').RequestHandler;
    declare const Bun: {
      serve(options: { fetch: (request: Request) => Promise<Response>; port: number }): void;
    };
    declare const Deno: { serve(options: object, answer: (request: Request) => Promise<Response>): void };
    declare namespace Express {
      interface Request { session: { user?: string; regenerate(done: (error?: unknown) => void): void } }
    }
    declare module 'express-session' {
      const session: (options: object) => import('express').RequestHandler;
      export default session;
    }
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
  /** The document, and the number of the program in it. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
}

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(extension))
    .map((name) => join(PROJECT, folder, name));
}

/** The programs in Markdown, either in a document or in the comments of a source file. */
function programsIn(file: string): Program[] {
  const text = readFileSync(file, 'utf8').replace(/^ *\* ?/gm, file.endsWith('.ts') ? '' : '$&');
  return [...text.matchAll(/^```(ts|js)\n(.*?)^```/gms)].map(([, language = '', program = ''], at) => ({
    place: `${relative(PROJECT, file)} ${at + 1}`,
    language,
    text: program,
  }));
}

const programs = [
  join(PROJECT, 'README.md'),
  ...readdirSync(join(PROJECT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(PROJECT, 'docs', name)),
  ...filesBelow('src', '.ts'),
].flatMap(programsIn);

const exported = /export (?:type )?\{([^}]*)\}/g;
const index = readFileSync(join(PROJECT, 'src/index.ts'), 'utf8');
const names = [...index.matchAll(exported)].flatMap(([, list = '']) =>
  list.split(',').flatMap((name) => name.trim() || []),
);

const REQUIRE = /^const (.+?) = require\((.+?)\);$/gm;

/** Completes a program: puts a method into a class and imports names of the package. */
function complete({ text: source, language }: Program): string {
  const text = language === 'ts' ? source : source.replace(REQUIRE, 'import $1 from $2;');
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
  const sources = new Map(Object.entries(CONTEXT_FILES).map(([name, text]) => [join(PROJECT, name), text]));
  const files = new Map<string, Program>();
  for (const [at, program] of programs.filter((one) => one.language === language).entries()) {
    const name = join(PROJECT, `program-${at}.ts`);
    files.set(name, program);
    sources.set(name, complete(program));
  }
  const { config } = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
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

test('the documents contain programs', () => {
  expect(programs.length).toBeGreaterThan(25);
});

test.each(['ts', 'js'])(
  'every %s program in the documents compiles',
  (language) => {
    expect(errorsOf(language)).toEqual([]);
  },
  60_000,
);
