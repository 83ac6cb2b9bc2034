import { buildSchema } from 'graphql'
import { Documents } from '../../../lib/local/appsync/execution/document.ts'
import { Refusal } from '../../../lib/local/appsync/execution/refusal.ts'

const schema = buildSchema('type Query { note(id: ID!): Note } type Note { id: ID! text: String }')
const VALID = '{ note(id: "1") { text } }'

function errorsOf(documents: Documents, query: string) {
  try {
    documents.operation(query, undefined)
  } catch (error) {
    if (error instanceof Refusal) return error.errors
    throw error
  }
  throw new Error('The document was not refused')
}

test('a document is parsed and validated once', () => {
  const documents = new Documents(schema, true)
  const first = documents.operation(VALID, undefined)
  expect(documents.operation(VALID, undefined).document).toBe(first.document)
  const errors = errorsOf(documents, '{ nothing }')
  expect(errorsOf(documents, '{ nothing }')).toBe(errors)
})

test('a known invalid document is rejected again with the same errors', () => {
  const documents = new Documents(schema, true)
  for (const query of ['{ nothing }', '{ note {']) {
    const errors = structuredClone(errorsOf(documents, query))
    expect(errorsOf(documents, query)).toEqual(errors)
    expect(errorsOf(new Documents(schema, true), query)).toEqual(errors)
  }
})

test('each API has its own documents', () => {
  const other = new Documents(buildSchema('type Query { nothing: String }'), true)
  expect(other.operation('{ nothing }', undefined).operation.operation).toBe('query')
  expect(errorsOf(new Documents(schema, true), '{ nothing }')).toHaveLength(1)
  expect(errorsOf(other, VALID)).not.toHaveLength(0)
})

test('the operation name selects an operation of a known document each time', () => {
  const documents = new Documents(schema, true)
  const query = 'query One { note(id: "1") { id } } query Two { note(id: "2") { id } }'
  expect(documents.operation(query, 'One').operation.name?.value).toBe('One')
  expect(documents.operation(query, 'Two').operation.name?.value).toBe('Two')
  expect(() => documents.operation(query, undefined)).toThrow('Missing operation name.')
  expect(() => documents.operation(query, 'Three')).toThrow("Unknown operation named 'Three'.")
})

test('only the most recently used documents are cached', () => {
  const documents = new Documents(schema, true)
  const { document } = documents.operation(VALID, undefined)
  for (let count = 0; count < 1000; count += 1) {
    documents.operation(`{ note(id: "${count}") { id } }`, undefined)
  }
  expect(documents.operation(VALID, undefined).document).not.toBe(document)
})

test('the total size of the cached documents is limited', () => {
  const documents = new Documents(schema, true)
  const { document } = documents.operation(VALID, undefined)
  for (const id of ['a', 'b', 'c', 'd']) {
    documents.operation(`{ note(id: "${id.repeat(1_000_000)}") { id } }`, undefined)
  }
  expect(documents.operation(VALID, undefined).document).not.toBe(document)
})

test('the errors are ordered by rule, each with the name of its rule', () => {
  const messages = errorsOf(
    new Documents(schema, false),
    'query Named($unused: ID) { note { wrong } __schema { description } wrong }',
  ).map(({ message }) => /^Validation error of type (\w+)/.exec(message)?.[1])
  expect(messages).toEqual([
    'FieldUndefined',
    'FieldUndefined',
    'UnusedVariable',
    'MissingFieldArgument',
    'FieldUndefined',
  ])
})

test('a document with too many errors is rejected with a message about the limit', () => {
  const query = `{ ${Array.from({ length: 200 }, (_, index) => `wrong${index}`).join(' ')} }`
  const errors = errorsOf(new Documents(schema, true), query)
  expect(errors).toHaveLength(101)
  expect(errors.at(-1)?.message).toContain('Too many validation errors')
})

describe('a subscription whose root field has a condition is rejected', () => {
  const documents = new Documents(
    buildSchema('type Query { a: Int } type Subscription { on: Int other: Int }'),
    true,
  )

  test.each([
    ['a variable', 'subscription ($v: Boolean!) { on @skip(if: $v) }'],
    ['a default', 'subscription ($v: Boolean! = true) { on @include(if: $v) }'],
    ['a value', 'subscription { on @include(if: true) }'],
    ['a value of another type', 'subscription { on @skip(if: "yes") }'],
    ['no value', 'subscription { on @skip }'],
    [
      'a fragment',
      'subscription ($v: Boolean!) { ...F } fragment F on Subscription { on @skip(if: $v) }',
    ],
    [
      'a spread',
      'subscription ($v: Boolean!) { ...F @skip(if: $v) } fragment F on Subscription { on }',
    ],
    ['a type', 'subscription ($v: Boolean!) { ... on Subscription @skip(if: $v) { on } }'],
    [
      'a fragment in a cycle',
      'subscription ($v: Boolean!) { ...F } fragment F on Subscription { ...F on @skip(if: $v) }',
    ],
  ])('%s', (_, query) => {
    expect(errorsOf(documents, query).map(({ message }) => message)).toContainEqual(
      expect.stringContaining('type ForbidSkipAndIncludeOnSubscriptionRoots: The root field of'),
    )
  })

  test('two root fields are still an error, and conditions below the root are not', () => {
    expect(errorsOf(documents, 'subscription { on other }')).toHaveLength(1)
    expect(documents.operation('subscription { on }', undefined)).toBeDefined()
  })
})

test.each([
  ['too many tokens', `{ ${'note '.repeat(20_000)} }`, 'more that 15000 tokens'],
  ['too many levels of fields', '{ a '.repeat(30_000), 'more than 500 levels'],
  ['too many levels of a value', `{ note(id: ${'['.repeat(30_000)}`, 'more than 500 levels'],
  ['too many levels of a type', `query ($a: ${'['.repeat(30_000)}`, 'more than 500 levels'],
  [
    'fragments that double each other',
    `{ ...F0 } ${Array.from({ length: 40 }, (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`).join(' ')}
    fragment F40 on Query { note(id: "1") { id } }`,
    'more than 15000 fields',
  ],
])(
  'a document with %s is rejected quickly',
  (_, query, message) => {
    const [error] = errorsOf(new Documents(schema, true), query)

    expect(error?.message).toContain(message)
  },
  2000,
)
