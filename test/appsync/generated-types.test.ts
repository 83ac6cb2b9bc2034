import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFrom } from '../support/generated-types.ts'

const APP = join(__dirname, '../app')
const SCHEMA = readFileSync(join(APP, 'schema.graphql'), 'utf8')

test('the generated types match the schema', () => {
  expect(generatedFrom(SCHEMA)).toBe(readFileSync(join(APP, 'lib/generated/schema.ts'), 'utf8'))
}, 30_000)
