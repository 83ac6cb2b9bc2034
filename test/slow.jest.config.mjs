// `npm run test:slow`: the suites that are slow by nature.
import { shared } from '../jest.config.mjs'

export default { ...shared, testMatch: ['<rootDir>/test/**/*.slow.test.ts'] }
