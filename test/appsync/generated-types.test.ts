import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileWith } from '../support/compile.ts'
import { generatedFrom } from '../support/generated-types.ts'

const ROOT = join(__dirname, '../..')
const RESOLVERS = ['resolvers/shopping/queries.ts', 'resolvers/shopping/commands.ts']
const SCHEMA = readFileSync(join(ROOT, 'schema.graphql'), 'utf8')

function messagesWith(schema: string): string[] {
  return compileWith(new Map([['lib/generated/schema.ts', generatedFrom(schema)]]), RESOLVERS)
}

test('the generated types are those of the schema', () => {
  expect(generatedFrom(SCHEMA)).toBe(readFileSync(join(ROOT, 'lib/generated/schema.ts'), 'utf8'))
}, 30_000)

test.each([
  ['a renamed field', 'reserveProduct(', 'takeProduct('],
  ['a new field of a result', '  quantity: Int!\n', '  quantity: Int!\n  price: Int!\n'],
  [
    'another type of an event’s attribute',
    '  amount: Int\n  # ProductReserved',
    '  amount: String\n  # ProductReserved',
  ],
])(
  'a resolver that does not follow %s does not compile',
  (_, from, to) => {
    expect(SCHEMA).toContain(from)
    expect(messagesWith(SCHEMA.replace(from, to))).not.toEqual([])
  },
  30_000,
)
