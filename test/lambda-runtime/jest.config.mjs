// `npm run test:runtime`: runs functions with Lambda's own runtime, on Node.js 24.
import { shared } from '../../jest.config.mjs'

export default { ...shared, testMatch: ['<rootDir>/test/lambda-runtime/*.test.ts'] }
