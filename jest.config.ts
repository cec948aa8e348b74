/** @jest-config-loader esbuild-register */
import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  // They need programs that not every machine has: `npm run test:clients`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/__tests__/clients/'],
  moduleNameMapper: { '^shared-data-middleware$': '<rootDir>/src/index.ts' },
  transform: { '^.+\\.ts$': 'ts-jest' },
  collectCoverageFrom: ['src/**/*.ts'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
};

export default config;
