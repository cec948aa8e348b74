import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/** The folders and files of `src/` that each folder may import. CONTRIBUTING.md explains them. */
const ALLOWED_IMPORTS = {
  util: [],
  options: ['types', 'util'],
  http: ['types', 'util'],
  paths: ['types', 'util'],
  access: ['paths', 'types', 'util'],
  match: ['http', 'paths', 'access', 'options', 'types', 'util'],
  load: ['disk', 'files', 'loaders', 'http', 'paths', 'access', 'options', 'types', 'util'],
  encode: ['http', 'options', 'load/files', 'types', 'util'],
  decide: ['encode', 'http', 'access', 'options', 'load/files', 'match/find-file', 'types', 'util'],
  listing: [
    'http',
    'paths',
    'access',
    'options',
    'match',
    'load/disk',
    'load/files',
    'send',
    'types',
    'util',
  ],
  send: ['http', 'types', 'util'],
  adapters: ['middleware', 'diagnostics', 'send', 'http', 'paths', 'options', 'types', 'util'],
  s3: ['http', 'paths', 'options', 'types', 'util'],
};

function importRule(files, regex, message) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] } };
}

function allowOnly(folder, allowed) {
  const names = allowed.map((name) => `${name}(?:/|$)`);
  const regex = `^(?:\\.\\./)+(?!${['\\.\\./', ...names].join('|')})`;
  const message = `${folder}/ may import only ${allowed.join(', ') || 'its own files'}: see CONTRIBUTING.md.`;
  return importRule([`src/${folder}/**/*.ts`], regex, message);
}

export default tseslint.config(
  { ignores: ['coverage/', 'dist/', 'docs/site/', '.stryker-tmp/', 'reports/'] },
  eslint.configs.recommended,
  // Nothing is evaluated, and no module is required by a name that is not in the source.
  { rules: { 'no-eval': 'error', 'no-implied-eval': 'error', 'no-new-func': 'error' } },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { args: 'none' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  ...Object.entries(ALLOWED_IMPORTS).map(([folder, allowed]) => allowOnly(folder, allowed)),
  importRule(['src/cli/**/*.ts'], '^(?:\\.\\./)+decide(?:/|$)', 'cli/ may not import decide/.'),
  importRule(['src/types.ts'], '^\\./(?!util/)', 'types.ts may import only util/.'),
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortSignal',
          'Buffer',
          'Request',
          'Response',
          'TextEncoder',
          'URL',
          'console',
          'fetch',
          'performance',
          'process',
          'setImmediate',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
