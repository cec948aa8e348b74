/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const shared = {
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp', '<rootDir>/dist'],
  moduleNameMapper: { '^shared-data-middleware$': '<rootDir>/src/index.ts' },
  transform: { '^.+\\.ts$': 'ts-jest' },
} as const;

/** A project whose tests are those in folders below `__tests__`. */
function project(displayName: string, ...folders: readonly string[]) {
  return {
    ...shared,
    displayName,
    testMatch: folders.map((folder) => `<rootDir>/__tests__/${folder}`),
  };
}

const config: Config = {
  projects: [
    project('unit', 'unit/**/*.test.ts'),
    project('integration', 'integration/**/*.test.ts'),
    project('conformance', 'conformance/**/*.test.ts'),
    project('security', 'security/**/*.test.ts'),
    project('reliability', 'reliability/**/*.test.ts'),
    project('frameworks', 'e2e/frameworks/**/*.test.ts'),
    project('replicas', 'e2e/scaling/replicas.test.ts'),
    project('types', 'types/**/*.test.ts'),
    project('docs', 'docs/**/*.test.ts'),
    // These need programs that not every machine has. The scripts in `.ci` install them.
    project('clients', 'e2e/clients/**/*.test.ts'),
    project('caches', 'e2e/scaling/{nginx,nginx-cache,varnish,interruptions}.test.ts'),
    project('object-storage', 'e2e/scaling/swift.test.ts'),
    project('file-systems', 'e2e/file-systems/**/*.test.ts'),
    project('windows', 'e2e/windows/**/*.test.ts'),
    project('runtimes', 'e2e/runtimes/**/*.test.ts'),
  ],
  // A test that takes seconds on its own takes longer on a busy machine.
  testTimeout: 20_000,
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
};

export default config;
