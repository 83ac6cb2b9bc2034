import { ask } from './support/client.ts'
import { notesApi, SCHEMA, startApi, stopApis } from './support/notes.ts'

afterEach(stopApis)

/** A script that returns its argument. */
const ECHO = `
  export function request(ctx) { return { payload: ctx.args.value } }
  export function response(ctx) { return ctx.result }`

async function through(scalar: string, value: unknown) {
  const schema = `type Query { echo(value: ${scalar}): ${scalar} }`
  const api = { ...notesApi(), schema }
  const resolver = api.resolvers.find(({ typeName }) => typeName === 'Mutation')
  if (!resolver) throw new Error('the notes have a mutation')
  const echo = { ...resolver, typeName: 'Query', fieldName: 'echo', code: ECHO }
  const server = await startApi({ ...api, resolvers: [echo] })
  const query = `query ($value: ${scalar}) { echo(value: $value) }`
  const { data, errors } = await ask(server, { query, variables: { value } })
  return errors ? 'refused' : data?.echo
}

describe('scalars of AppSync', () => {
  test.each([
    [
      'AWSDate',
      ['2026-02-28', '2024-02-29Z', '1970-01-01-07:00', '1970-01-01+05:30:45'],
      ['2026-02-30', '26-1-1', '1970-01-01+05:30:60', 7],
    ],
    [
      'AWSTime',
      ['12:30', '12:30:24.500+01:00', '23:59Z', '12:30-05:30:45'],
      ['24:00', '12:30+5:30:45', '12:60', 'noon'],
    ],
    [
      'AWSDateTime',
      ['2026-11-23T21:54:19.434Z', '2026-11-23T21:54+01:00', '2026-11-23T21:54:19+05:30:45'],
      [
        '2026-11-23',
        '2026-11-23T21:54:19',
        '2026-13-01T00:00:00Z',
        'yesterday',
        '2026-11-23T21:54:19+05:30:',
        '2026-11-23T21:54:19+0530',
      ],
    ],
    ['AWSTimestamp', [0, 1_790_000_000, -5], [1.5, '5']],
    ['AWSEmail', ['me@example.com'], ['me', 'me@', 'a b@example.com']],
    ['AWSPhone', ['+49 30 123456', '5551234567'], ['phone', '+']],
    ['AWSURL', ['https://example.com/a?b=c'], ['example.com', 'http://']],
    ['AWSIPAddress', ['127.0.0.1', '::1', '10.0.0.0/8'], ['256.0.0.1', '10.0.0.0/33', 'home']],
    [
      'AWSJSON',
      ['{"a":[1,null]}', '"text"', '5'],
      ['{a:1}', 5, '['.repeat(2000) + ']'.repeat(2000)],
    ],
  ])('%s accepts valid values and rejects invalid values', async (scalar, right, wrong) => {
    for (const value of right) expect(await through(scalar, value)).toBe(value)
    for (const value of wrong) expect(await through(scalar, value)).toBe('refused')
  })
})

describe('a schema', () => {
  const start = (schema: string) => startApi({ ...notesApi(), resolvers: [], schema })

  test('must not declare scalars', async () => {
    await expect(start('scalar Money type Query { a: Money }')).rejects.toThrow(
      'The schema of the API Notes cannot be served: the scalar Money is not allowed',
    )
  })

  test('must be valid and use only known directives', async () => {
    await expect(start('type Query { a: String @special }')).rejects.toThrow('@special')
    await expect(start('type Query { a: Nothing }')).rejects.toThrow('Nothing')
  })

  test('must have subscriptions with the type of their mutations', async () => {
    const feed = (mutation: string, type: string) =>
      start(`type Query { a: String } type Mutation { b: String }
        type Subscription { on: ${type} @aws_subscribe(mutations: ["${mutation}"]) }`)

    await expect(feed('b', 'Int')).rejects.toThrow(
      'Subscription.on must have the type of its mutation b, String; got Int',
    )
    await expect(feed('c', 'String')).rejects.toThrow(
      'the mutation c of Subscription.on does not exist',
    )
  })

  test('must have a field for each resolver', async () => {
    const schema = SCHEMA.replace('publishHidden(', 'publishOther(').replace(
      '["publishHidden"]',
      '["publishOther"]',
    )

    await expect(startApi({ ...notesApi(), schema })).rejects.toThrow(
      'the field Mutation.publishHidden of the resolver MutationpublishHiddenResolver does not exist',
    )
  })
})
