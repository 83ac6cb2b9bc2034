import { inspect } from 'node:util'
import { fieldsOf, resolverHandler } from '../../lib/appsync/index.ts'
import { handlerOf } from '../../lib/appsync/operations/operations-entry.ts'
import { bind, dynamoDBEventStore, StoreUnavailable } from '../../lib/event-sourcing/index.ts'
import { Concert, SoldOut } from '../app/lib/tickets/index.ts'
import { clientFor } from '../support/client.ts'

const ID = '2f1d6c1e-7c1b-4c0a-9d53-0f6a1f3f4b1a'

const handler = resolverHandler({
  double: ({ value }: { value: number }) => value * 2,
  refuse() {
    throw new SoldOut('The concert is sold out', { id: ID, reference: 'private' })
  },
  async fail() {
    throw new StoreUnavailable(
      'DynamoDB did not process a request to it',
      {},
      { cause: new Error('timeout') },
    )
  },
  break() {
    throw new TypeError('secret')
  },
  throw({ thrown }: { thrown: unknown }) {
    throw thrown
  },
  async persist() {
    const client = clientFor('http://127.0.0.1:1')
    bind(Concert, dynamoDBEventStore({ tableName: 'Concerts', client }))
    await Concert.findOne('a')
  },
})
const invoke = (fieldName: string, args: unknown = {}, left = 20_000) =>
  handler(
    { typeName: 'Mutation', fieldName, arguments: args },
    { getRemainingTimeInMillis: () => left },
  )

beforeEach(() => {
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
})
afterEach(() => jest.restoreAllMocks())

test('a field is resolved with its arguments', async () => {
  expect(await invoke('double', { value: 21 })).toEqual({ result: 42 })
})

test('a rejection is returned with code and data, and is not logged as an error', async () => {
  expect(await invoke('refuse')).toEqual({
    error: {
      errorType: 'SoldOut',
      message: 'The concert is sold out',
      errorInfo: { id: ID, reference: 'private' },
    },
  })
  expect(console.error).not.toHaveBeenCalled()
  expect(jest.mocked(console.info).mock.calls).toEqual([
    [{ about: 'refuse', code: 'SoldOut', id: ID }],
  ])
})

test('with LOG_PAYLOADS=true, the log has the message and the data of a rejection', async () => {
  process.env.LOG_PAYLOADS = 'true'
  try {
    await invoke('refuse')
    await expect(invoke('break')).rejects.toThrow('secret')
  } finally {
    delete process.env.LOG_PAYLOADS
  }
  const refusal = { about: 'refuse', code: 'SoldOut', id: ID, reference: 'private' }
  expect(console.info).toHaveBeenCalledWith({ ...refusal, refusal: 'The concert is sold out' })
  expect(jest.mocked(console.error).mock.calls[0]?.[0]).toMatchObject({
    error: { name: 'TypeError', message: 'secret', stack: expect.stringContaining('secret') },
  })
})

test('a fault is returned and logged with its cause', async () => {
  expect(await invoke('fail')).toMatchObject({ error: { errorType: 'StoreUnavailable' } })
  expect(console.error).toHaveBeenCalledWith(
    expect.objectContaining({
      error: expect.objectContaining({ cause: expect.objectContaining({ message: 'timeout' }) }),
    }),
  )
})

test('an unexpected error is logged with its place and thrown for Lambda to count, without its message', async () => {
  const thrown: unknown = await invoke('break').catch((error) => error)
  expect(thrown).toMatchObject({ name: 'TypeError' })
  const [entry] = jest.mocked(console.error).mock.calls[0] ?? []
  expect(entry).toEqual({
    about: 'break',
    error: { name: 'TypeError', stack: expect.stringMatching(/resolver-handler.test.ts:\d+:\d+/) },
  })
  expect(inspect([thrown, entry])).not.toContain('secret')
})

test('a missing right of the function is logged and thrown: clients get an InternalError', async () => {
  const denied = new Error('User: x is not authorized to perform: dynamodb:PutItem')
  const cause = Object.assign(denied, { name: 'AccessDeniedException' })
  const thrown = new StoreUnavailable('DynamoDB did not process a request to it', {}, { cause })
  await expect(invoke('throw', { thrown })).rejects.toMatchObject({
    name: 'StoreUnavailable',
    message: thrown.message,
  })
  expect(jest.mocked(console.error).mock.calls[0]?.[0]).toMatchObject({
    error: { cause: { name: 'AccessDeniedException', message: denied.message } },
  })
})

test.each([
  ['a text', 'no stock', { name: 'string' }],
  ['undefined', undefined, { name: 'undefined' }],
  ['an object', { why: 'no' }, { name: 'object' }],
  [
    'several errors',
    new AggregateError([new RangeError('a')]),
    { errors: [{ name: 'RangeError' }] },
  ],
])('%s that is thrown arrives in the log', async (_, thrown, error) => {
  await expect(invoke('throw', { thrown })).rejects.toBeInstanceOf(Error)
  const entry = expect.objectContaining({ about: 'throw' })
  expect(console.error).toHaveBeenCalledWith(entry)
  expect(jest.mocked(console.error).mock.calls[0]?.[0]).toMatchObject({ error })
})

test('retries end before the Lambda function times out', async () => {
  const began = performance.now()
  expect(await invoke('persist', {}, 1_000)).toMatchObject({
    error: { errorType: 'StoreUnavailable' },
  })
  expect(performance.now() - began).toBeLessThan(1_000)
})

test.each(['nothing', 'constructor', '__proto__'])(
  'an unknown field %s is rejected',
  async (fieldName) => {
    await expect(invoke(fieldName)).rejects.toThrow(`not resolve the field ${fieldName}`)
  },
)

test('a resolver file exports one object of functions, under any name', () => {
  const fields = { field: () => 1 }
  expect(fieldsOf({ anything: fields })).toBe(fields)
  for (const file of [{}, { a: fields, b: fields }, { a: 1 }, { a: { field: 1 } }]) {
    expect(() => fieldsOf(file)).toThrow('must export one object')
  }
})

test('an app without reactors returns empty lists for the operators’ fields', async () => {
  const operations = handlerOf({ operation: 'Query', hasReactors: false, viewed: [] })
  const ask = (fieldName: string, args: unknown) =>
    operations(
      { typeName: 'Query', fieldName, arguments: args },
      { getRemainingTimeInMillis: () => 20_000 },
    )
  expect(await ask('reactors', {})).toEqual({ result: [] })
  expect(await ask('parkedReactions', { reactor: 'a' })).toEqual({ result: [] })
})
