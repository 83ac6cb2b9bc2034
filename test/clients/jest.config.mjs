// `npm run test:clients`: the tests of this folder, with the packages of this folder.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const { testPathIgnorePatterns: _, ...config } = JSON.parse(
  readFileSync(join(ROOT, 'jest.config.json'), 'utf8'),
)

export default { ...config, rootDir: ROOT, testMatch: ['<rootDir>/test/clients/*.test.ts'] }
