/** Mutation testing of the protocol, of paths and of access, with their unit tests. */
export default {
  mutate: ['src/http/**/*.ts', 'src/paths/**/*.ts', 'src/access/**/*.ts'],
  testRunner: 'jest',
  jest: {
    config: {
      testEnvironment: '@stryker-mutator/jest-runner/jest-env/node',
      testMatch: ['<rootDir>/__tests__/unit/{http,paths,access,decide}/**/*.test.ts'],
      modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp', '<rootDir>/dist'],
      transform: { '^.+\\.ts$': 'ts-jest' },
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
