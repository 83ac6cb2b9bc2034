import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileWith } from '../support/compile.ts'
import { generatedFrom } from '../support/generated-types.ts'

const ROOT = join(__dirname, '../..')
const RESOLVERS = ['resolvers/shopping/commands.ts']
const SCHEMA = readFileSync(join(ROOT, 'schema.graphql'), 'utf8')

/** Returns the compiler's messages about the resolvers after changes of the schema. */
function messagesAfter(...changes: [from: string, to: string][]): string {
  const schema = changes.reduce((before, [from, to]) => {
    expect(before).toContain(from)
    return before.replace(from, to)
  }, SCHEMA)
  const types = new Map([['lib/generated/schema.ts', generatedFrom(schema)]])
  return compileWith(types, RESOLVERS).join('\n')
}

test('a resolver that does not follow a renamed field does not compile', () => {
  expect(messagesAfter(['reserveProduct(', 'takeProduct('])).toMatch(/'reserveProduct'/)
}, 30_000)

test('a resolver that does not follow a new field or another type does not compile', () => {
  const messages = messagesAfter(
    ['  quantity: Int!\n', '  quantity: Int!\n  price: Int!\n'],
    ['  amount: Int\n  # ProductReserved', '  amount: String\n  # ProductReserved'],
  )
  expect(messages).toContain("Property 'price' is missing")
  // The field of events is wrong for its own reason: they have no price.
  expect(messages).toContain('QueryProductEventsArgs')
}, 30_000)
