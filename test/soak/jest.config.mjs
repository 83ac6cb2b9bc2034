// `npm run soak`: a long soak. `SOAK_COMMANDS` says how long.
import { shared } from '../../jest.config.mjs'

process.env.SOAK_COMMANDS ??= '10000'

export default { ...shared, testMatch: ['<rootDir>/test/soak/*.test.ts'] }
