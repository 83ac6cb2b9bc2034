// `npm run test:slow`: the suites that are slow by nature.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const { testPathIgnorePatterns: _, ...config } = JSON.parse(
  readFileSync(join(ROOT, 'jest.config.json'), 'utf8'),
)

export default { ...config, rootDir: ROOT, testMatch: ['<rootDir>/test/**/*.slow.test.ts'] }
