import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { query, show } from '../../lib/appsync/index.ts'
import { handlerOf } from '../../lib/appsync/resolvers/fields-entry.ts'
import {
  Aggregate,
  dynamoDBEventStore,
  type Event,
  type EventStore,
} from '../../lib/event-sourcing/index.ts'
import { Contract } from '../../lib/infrastructure/domains/contract.ts'
import { ask } from '../local/appsync/support/client.ts'
import {
  functionOf,
  notesApi,
  type Running,
  startApi,
  stopApis,
} from '../local/appsync/support/notes.ts'
import { withDynamoDB } from '../support/dynamodb.ts'

interface SeatsAdded extends Event {
  readonly type: 'SeatsAdded'
  readonly amount: number
  readonly status?: string
}

/** A class that neither the schema nor the stored events fit. */
class Concert extends Aggregate<SeatsAdded> {
  quantity: number | null = 0
  status = 'available'

  onSeatsAdded({ amount, status = 'available' }: SeatsAdded) {
    if (amount < 0) throw new Error('a secret of the handler')
    this.quantity = amount === 0 ? null : amount
    this.status = status
  }
}

const own = {
  /** Fails like a list of the domain's own. */
  concert: query(Concert, async (concerts, _: object, { appendError }) => {
    const { items, failures = [] } = await concerts.findAll({ onError: 'skip' })
    for (const { id, error } of failures) appendError(id, error)
    return items[0] && show(items[0])
  }),
}

const dynamodb = withDynamoDB()
const SDL = readFileSync(join(import.meta.dirname, '../app/schema.graphql'), 'utf8')
const SCRIPT = readFileSync(
  join(import.meta.dirname, '../../lib/appsync/resolvers/invoke.js'),
  'utf8',
)
let store: EventStore
let server: Running
let count: number

beforeEach(async () => {
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
  count = 0
  const tableName = await dynamodb.newTable()
  process.env.CONCERT_TABLE = tableName
  process.env.AWS_ENDPOINT_URL_DYNAMODB = dynamodb.endpoint
  process.env.AWS_REGION ??= 'us-east-1'
  process.env.AWS_ACCESS_KEY_ID ??= 'test'
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test'
  store = dynamoDBEventStore({ tableName, client: dynamodb.client })
  const contract = new Contract(SDL).resource('Concert')
  // The entries that synth generates are not typed either.
  const resources = [{ ...contract, resourceClass: Concert as never }]
  const builtIn = handlerOf({ resources, builtIn: true })
  const ownFields = handlerOf({ file: { own }, resources, builtIn: false })
  const resolvers = [
    ['concerts', builtIn],
    ['concertEvents', builtIn],
    ['concert', ownFields],
  ] as const
  server = await startApi({
    ...notesApi(),
    schema: SDL,
    resolvers: resolvers.map(([fieldName, handler]) => ({
      logicalId: fieldName,
      typeName: 'Query',
      fieldName,
      code: SCRIPT,
      dataSource: {
        type: 'AWS_LAMBDA' as const,
        name: 'Queries',
        function: functionOf((payload) =>
          handler(payload as never, { getRemainingTimeInMillis: () => 20_000 }),
        ),
      },
    })),
  })
})
afterEach(stopApis)
afterEach(() => jest.restoreAllMocks())

/** Stores a concert with one event, and returns its id. */
async function stored(attributes: object, type = 'SeatsAdded'): Promise<string> {
  count += 1
  const id = `00000000-0000-4000-8000-00000000000${count}`
  const meta = { commandId: id }
  await store.append({ ...attributes, id, number: 1, type, created: '2030-01-01T00:00:00Z', meta })
  return id
}

interface ListAnswer {
  readonly page: {
    readonly items: readonly { readonly id: string; readonly quantity: number }[]
    readonly nextToken: string | null
  }
  readonly errors: readonly { readonly errorInfo: { readonly id: string } }[]
}

async function list(args = ''): Promise<ListAnswer> {
  const query = `{ all: concerts${args} { items { id quantity } nextToken } }`
  const { data, errors = [] } = await ask(server, { query })
  return JSON.parse(JSON.stringify({ page: data?.all, errors }))
}

test('a list has the other resources, and an error with path and id for each that fails', async () => {
  const one = await stored({ amount: 1 })
  const failing = await stored({ amount: -1 })
  const unknown = await stored({}, 'SeatsPainted')
  const two = await stored({ amount: 2 })
  const { page, errors } = await list()
  expect(new Set(page.items)).toEqual(
    new Set([
      { id: one, quantity: 1 },
      { id: two, quantity: 2 },
    ]),
  )
  const place = { path: ['all'], data: null, locations: [expect.anything()] }
  expect(errors).toHaveLength(2)
  expect(errors).toContainEqual({
    ...place,
    errorType: 'CorruptHistory',
    errorInfo: { id: failing, number: 1, type: 'SeatsAdded' },
    message: expect.stringContaining(failing),
  })
  expect(errors).toContainEqual({
    ...place,
    errorType: 'UnknownEvent',
    errorInfo: { id: unknown, number: 1, type: 'SeatsPainted' },
    message: expect.stringContaining(unknown),
  })
  expect(JSON.stringify(errors)).not.toContain('secret')
  expect(console.error).toHaveBeenCalledWith(
    expect.objectContaining({
      about: 'concerts',
      code: 'CorruptHistory',
      id: failing,
      error: expect.objectContaining({
        cause: { name: 'Error', stack: expect.stringMatching(/lists.test.ts:\d+:\d+/) },
      }),
    }),
  )
  expect(inspect(jest.mocked(console.error).mock.calls, { depth: null })).not.toContain('secret')
})

test.each([
  ['null for a field that is required', { amount: 0 }, 'quantity'],
  ['an Int that is too large', { amount: 2 ** 31 }, 'quantity'],
  ['an unknown word of an enum', { amount: 1, status: 'hidden' }, 'status'],
])('a list leaves out a resource with %s', async (_, attributes, field) => {
  const one = await stored({ amount: 1 })
  const misfit = await stored(attributes)
  const { page, errors } = await list()
  expect(page.items).toEqual([{ id: one, quantity: 1 }])
  expect(errors).toMatchObject([
    { path: ['all'], errorType: 'InvalidState', errorInfo: { id: misfit, field } },
  ])
  // Not every caller may see the field.
  expect(errors[0]?.errorInfo).not.toHaveProperty('value')
  expect(console.error).toHaveBeenCalledWith(
    expect.objectContaining({
      id: misfit,
      error: expect.objectContaining({
        data: { id: misfit, field },
      }),
    }),
  )
})

test('the pages of a list have each resource and each failure once', async () => {
  const failing = [await stored({ amount: -1 }), await stored({ amount: 0 })]
  const whole = [
    await stored({ amount: 1 }),
    await stored({ amount: 2 }),
    await stored({ amount: 3 }),
  ]
  const ids: string[] = []
  const failed: string[] = []
  let nextToken: string | null = null
  do {
    const { page, errors } = await list(
      nextToken === null ? '(limit: 1)' : `(limit: 1, nextToken: "${nextToken}")`,
    )
    expect(page.items.length + errors.length).toBe(1)
    ids.push(...page.items.map(({ id }) => id))
    failed.push(...errors.map(({ errorInfo }) => errorInfo.id))
    nextToken = page.nextToken
  } while (nextToken !== null)
  expect(ids.sort()).toEqual(whole)
  expect(failed.sort()).toEqual(failing)
})

test('the history of a resource whose state fails can be read', async () => {
  const failing = await stored({ amount: -1 })
  const { data } = await ask(server, {
    query: `{ concertEvents(id: "${failing}") { number amount } }`,
  })
  expect(data?.concertEvents).toEqual([{ number: 1, amount: -1 }])
})

test('a query of the domain can add an error to its answer', async () => {
  const one = await stored({ amount: 1 })
  const failing = await stored({ amount: -1 })
  const { data, errors } = await ask(server, { query: '{ concert(id: "any") { id } }' })
  expect(data?.concert).toEqual({ id: one })
  expect(errors).toMatchObject([{ path: ['concert'], errorInfo: { id: failing } }])
})
