/** Mutation testing of the protocol, of paths and of access, with their unit tests. */
export default {
  mutate: ['src/http/**/*.ts', 'src/paths/**/*.ts', 'src/access/**/*.ts'],
  testRunner: 'jest',
  jest: {
    config: {
      // One project replaces those of jest.config.ts.
      projects: [
        {
          testEnvironment: '@stryker-mutator/jest-runner/jest-env/node',
          testMatch: ['<rootDir>/__tests__/unit/{http,paths,access,decide}/**/*.test.ts'],
          modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp', '<rootDir>/dist'],
          transform: { '^.+\\.ts$': ['ts-jest', { isolatedModules: true, diagnostics: false }] },
        },
      ],
    },
  },
  coverageAnalysis: 'perTest',
  // A static mutant would need all tests, for each of some hundred.
  ignoreStatic: true,
  concurrency: 2,
  reporters: ['clear-text', 'html'],
  clearTextReporter: { allowColor: false, logTests: false },
  tempDirName: '.stryker-tmp',
};
