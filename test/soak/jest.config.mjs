// `npm run soak`: runs the long soaks, one after the other. `SOAK_COMMANDS` sets the number of commands
// of each.
import { shared } from '../../jest.config.mjs'

process.env.SOAK_COMMANDS ??= '10000'

export default { ...shared, testMatch: ['<rootDir>/test/soak/*.test.ts'], maxWorkers: 1 }
