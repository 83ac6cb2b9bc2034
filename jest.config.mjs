import { availableParallelism } from 'node:os'

/** What the suites of all commands share. */
export const shared = {
  rootDir: import.meta.dirname,
  roots: ['<rootDir>/test'],
  testEnvironment: 'node',
  transform: { '^.+\\.[tj]sx?$': '@swc/jest' },
  transformIgnorePatterns: ['/node_modules/(?!(jose|uuid)/)'],
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  maxWorkers: availableParallelism(),
  reporters: ['<rootDir>/test/support/reporter.mjs'],
  testSequencer: '<rootDir>/test/support/sequencer.cjs',
  testTimeout: 30_000,
}

/** `npm test`: the fast suites. */
export default {
  ...shared,
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/clients/',
    '<rootDir>/test/lambda-runtime/',
    String.raw`\.slow\.test\.ts$`,
  ],
  // A third of their time is waiting: for timeouts, and for processes to start.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
}
