import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileWith } from '../support/compile.ts'
import { generatedFrom } from '../support/generated-types.ts'

const ROOT = join(__dirname, '../..')
const CHECKED = ['resolvers/shopping/commands.ts', 'lib/generated/checks.ts']

type Change = [file: string, from: string, to: string]

/** Returns the compiler's messages after changes of the schema and of the shopping domain. */
function messagesAfter(...changes: Change[]): string {
  const texts = new Map<string, string>()
  for (const [file, from, to] of changes) {
    const text = texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8')
    expect(text).toContain(from)
    texts.set(file, text.replace(from, to))
  }
  const schema = texts.get('schema.graphql')
  texts.delete('schema.graphql')
  if (schema) texts.set('lib/generated/schema.ts', generatedFrom(schema))
  return compileWith(texts, CHECKED).join('\n')
}

const NEW_FIELD: Change = ['schema.graphql', 'type Product {', 'type Product {\n  price: Int!']
const EVENTS = 'lib/shopping/events.ts'

test('a command that does not follow a renamed field does not compile', () => {
  const messages = messagesAfter(['schema.graphql', '  reserveProduct(', '  takeProduct('])
  expect(messages).toMatch(/'reserveProduct'/)
}, 30_000)

test('a field of the type that the class lacks does not compile, by name', () => {
  const messages = messagesAfter(NEW_FIELD)
  expect(messages).toMatch(/'Shown<Product>'/)
  expect(messages).toContain(
    "Property 'price' is missing in type 'Shown<Product>' but required in type 'Product'",
  )
}, 30_000)

test('a word of the state that the enum lacks does not compile', () => {
  const messages = messagesAfter(['schema.graphql', '  SOLD_OUT\n', '  GONE\n'])
  expect(messages).toContain(`Type '"SOLD_OUT"' is not assignable to type 'ProductStatus'`)
}, 30_000)

test('an attribute of an event that the feed lacks does not compile, by name', () => {
  const attribute = 'readonly amount: number'
  const messages = messagesAfter([EVENTS, attribute, `${attribute}\n  readonly supplier: string`])
  expect(messages).toMatch(/'"supplier"' does not satisfy the constraint 'never'/)
}, 30_000)

test('an attribute of an event that the feed has in another type does not compile', () => {
  const messages = messagesAfter([EVENTS, 'readonly amount: number', 'readonly amount: string'])
  expect(messages).toMatch(/Types of property 'amount' are incompatible/)
}, 30_000)
