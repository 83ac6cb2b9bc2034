import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileWith } from '../support/compile.ts'
import { generatedFrom } from '../support/generated-types.ts'

const ROOT = join(__dirname, '../..')
const APP = 'test/app'
const SCHEMA = `${APP}/schema.graphql`
const CHECKED = [`${APP}/resolvers/tickets/commands.ts`, `${APP}/lib/generated/checks.ts`]

type Change = [file: string, from: string, to: string]

/** Returns the compiler's messages after changes of the schema and of the tickets domain. */
function messagesAfter(...changes: Change[]): string {
  const texts = new Map<string, string>()
  for (const [file, from, to] of changes) {
    const text = texts.get(file) ?? readFileSync(join(ROOT, file), 'utf8')
    expect(text).toContain(from)
    texts.set(file, text.replace(from, to))
  }
  const schema = texts.get(SCHEMA)
  texts.delete(SCHEMA)
  if (schema) texts.set(`${APP}/lib/generated/schema.ts`, generatedFrom(schema))
  return compileWith(texts, CHECKED).join('\n')
}

const NEW_FIELD: Change = [SCHEMA, 'type Concert {', 'type Concert {\n  price: Int!']
const EVENTS = `${APP}/lib/tickets/concert.ts`

test('a command that does not follow a renamed field does not compile', () => {
  const messages = messagesAfter([SCHEMA, '  reserveSeats(', '  takeSeats('])
  expect(messages).toMatch(/'reserveSeats'/)
}, 30_000)

test('a field of the type that the class lacks does not compile, by name', () => {
  const messages = messagesAfter(NEW_FIELD)
  expect(messages).toMatch(/'Shown<Concert>'/)
  expect(messages).toContain(
    "Property 'price' is missing in type 'Shown<Concert>' but required in type 'Concert'",
  )
}, 30_000)

test('a word of the state that the enum lacks does not compile', () => {
  const messages = messagesAfter([SCHEMA, '  SOLD_OUT\n', '  GONE\n'])
  expect(messages).toContain(`Type '"SOLD_OUT"' is not assignable to type 'ConcertStatus'`)
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
