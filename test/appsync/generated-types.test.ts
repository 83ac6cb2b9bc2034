import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFrom } from '../support/generated-types.ts'

const ROOT = join(__dirname, '../..')
const SCHEMA = readFileSync(join(ROOT, 'schema.graphql'), 'utf8')

test('the generated types are those of the schema', () => {
  expect(generatedFrom(SCHEMA)).toBe(readFileSync(join(ROOT, 'lib/generated/schema.ts'), 'utf8'))
}, 30_000)
