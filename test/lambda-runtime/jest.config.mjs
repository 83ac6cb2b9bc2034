// `npm run test:runtime`: runs functions with Lambda's own runtime, on Node.js 24.
import { shared } from '../../jest.config.mjs'

export default {
  ...shared,
  testMatch: ['<rootDir>/test/lambda-runtime/*.test.ts'],
  // A local run in the process of the tests also loads these ES modules.
  transformIgnorePatterns: ['/node_modules/(?!(uuid|chokidar|readdirp)/)'],
}
