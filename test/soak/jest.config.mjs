// `npm run soak`: runs a long soak. `SOAK_COMMANDS` sets the number of commands.
import { shared } from '../../jest.config.mjs'

process.env.SOAK_COMMANDS ??= '10000'

export default { ...shared, testMatch: ['<rootDir>/test/soak/*.test.ts'] }
