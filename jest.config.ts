/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // They need programs that not every machine has: `.ci/clients`, `.ci/caches` and `.ci/swift` install them.
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/__tests__/clients/',
    '<rootDir>/__tests__/scaling/(nginx|varnish|interruptions|swift)',
  ],
  moduleNameMapper: { '^shared-data-middleware$': '<rootDir>/src/index.ts' },
  transform: { '^.+\\.ts$': 'ts-jest' },
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
};

export default config;
