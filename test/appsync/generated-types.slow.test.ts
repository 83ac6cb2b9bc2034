import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileWith } from '../support/compile.ts'
import { generatedFrom } from '../support/generated-types.ts'

const ROOT = join(__dirname, '../..')
const APP = 'test/app'
const SCHEMA = `${APP}/schema.graphql`
const CHECKED = [`${APP}/resolvers/tickets/commands.ts`, `${APP}/lib/generated/checks.ts`]

type Change = [file: string, from: string, to: string]

/** Returns the compiler's messages after changes to the schema and the tickets domain. */
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

const CONCERT = 'type Concert @aws_api_key @aws_iam @aws_cognito_user_pools {'
const NEW_FIELD: Change = [SCHEMA, CONCERT, `${CONCERT}\n  price: Int!`]
const EVENTS = `${APP}/lib/tickets/concert.ts`

test('a command with the old name of a renamed field does not compile', () => {
  const messages = messagesAfter([SCHEMA, '  reserveSeats(', '  takeSeats('])
  expect(messages).toMatch(/'reserveSeats'/)
}, 30_000)

test('a field that the class lacks is a compile error that names the field', () => {
  const messages = messagesAfter(NEW_FIELD)
  expect(messages).toMatch(/'Shown<Concert>'/)
  expect(messages).toContain(
    "Property 'price' is missing in type 'Shown<Concert>' but required in type 'Concert'",
  )
}, 30_000)

test('a status that the enum lacks is a compile error', () => {
  const messages = messagesAfter([SCHEMA, '  SOLD_OUT\n', '  GONE\n'])
  expect(messages).toContain(`Type '"SOLD_OUT"' is not assignable to type 'ConcertStatus'`)
}, 30_000)

test('an event attribute that the feed lacks is a compile error that names the attribute', () => {
  const attribute = 'readonly amount: number'
  const messages = messagesAfter([EVENTS, attribute, `${attribute}\n  readonly supplier: string`])
  expect(messages).toContain(
    `'"ConcertEvent in resolvers/tickets/schema.graphql lacks supplier"' does not satisfy the constraint 'never'`,
  )
}, 30_000)

test('an event attribute that has another type in the feed is a compile error', () => {
  const messages = messagesAfter([EVENTS, 'readonly amount: number', 'readonly amount: string'])
  expect(messages).toMatch(/Types of property 'amount' are incompatible/)
}, 30_000)
