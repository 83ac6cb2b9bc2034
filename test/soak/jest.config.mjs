// `npm run soak`: a long soak. `SOAK_COMMANDS` says how long.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const { testPathIgnorePatterns: _, ...config } = JSON.parse(
  readFileSync(join(ROOT, 'jest.config.json'), 'utf8'),
)

process.env.SOAK_COMMANDS ??= '10000'

export default { ...config, rootDir: ROOT, testMatch: ['<rootDir>/test/soak/*.test.ts'] }
