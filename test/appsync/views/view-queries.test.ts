import type { FieldFunction, FieldRequest } from '../../../lib/appsync/resolvers/field.ts'
import { hostedViews } from '../../../lib/appsync/views/hosted-views.ts'
import type { ViewField } from '../../../lib/appsync/views/view-field.ts'
import { viewQueries } from '../../../lib/appsync/views/view-queries.ts'
import { viewsHandler } from '../../../lib/appsync/views/views-handler.ts'
import { bind, InvalidArgument, inMemoryEventStore } from '../../../lib/event-sourcing/index.ts'
import { inMemoryCheckpointStore } from '../../../lib/event-sourcing/reactions/index.ts'
import {
  fold,
  inMemoryViewStore,
  list,
  ViewReader,
  type ViewStore,
  type Views,
} from '../../../lib/event-sourcing/views/index.ts'
import { Concert } from '../../app/lib/tickets/index.ts'

const CONCERT: ViewField['item'] = {
  name: 'Concert',
  fields: ['id', 'version', 'status', 'quantity'],
  enums: ['status'],
  types: {
    resource: { id: 'ID!', version: 'Int!', status: 'ConcertStatus!', quantity: 'Int!' },
    event: {},
    objects: {},
    enums: { ConcertStatus: ['AVAILABLE', 'SOLD_OUT'] },
  },
}
const DAY: ViewField['item'] = {
  name: 'Day',
  fields: ['day', 'reserved'],
  enums: [],
  types: { resource: { day: 'AWSDate!', reserved: 'Int!' }, event: {}, objects: {}, enums: {} },
}

const field = (name: string, changes: Partial<ViewField> = {}): ViewField => ({
  ...{ name, domain: 'tickets', resources: ['Concert'], item: CONCERT },
  keys: [{ name: 'status', kind: 'enum' }],
  ...{ isDated: false, isFresh: false, answer: 'page' },
  ...changes,
})

const version = 1
const views = {
  byStatus: list(Concert, { version, by: ({ status }) => status, sort: (c) => c.quantity }),
  fresh: list(Concert, {
    version,
    by: ({ status }) => status,
    keep: ({ status, quantity }) => ({ status, quantity }),
  }),
  ofOwner: list(Concert, { version, by: (_, { owner }) => owner ?? 'none' }),
  byDate: list(Concert, { version, by: () => 'all', sort: (_, { created }) => created }),
  perDay: fold(Concert, {
    version,
    by: ({ created }) => created.slice(0, 10),
    initial: { reserved: 0 },
    on: { SeatsReserved: (row, { quantity }) => ({ reserved: row.reserved + quantity }) },
  }),
} satisfies Views
const day = { keys: [{ name: 'day', kind: 'plain' }], answer: 'row', item: DAY } as const
const FIELDS = [
  field('byStatus'),
  field('fresh', { isFresh: true }),
  field('ofOwner', { keys: [{ name: 'owner', kind: 'plain' }] }),
  field('byDate', { keys: [{ name: 'all', kind: 'plain' }], isDated: true }),
  field('perDay', day),
]

let store: ViewStore
let errors: [id: string, error: unknown][]
let build: () => Promise<unknown>

beforeEach(() => {
  for (const level of ['info', 'error'] as const) jest.spyOn(console, level).mockReturnValue()
  jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  bind(Concert, inMemoryEventStore({ name: 'Concerts' }))
  store = inMemoryViewStore()
  errors = []
  const hosted = hostedViews({ tickets: { views } }, FIELDS)
  const handler = viewsHandler({ views: hosted, store, checkpoints: inMemoryCheckpointStore() })
  const context = { getRemainingTimeInMillis: () => 60_000 }
  build = async () => {
    await handler({ work: 'reconcile' }, context)
    await handler({ work: 'run due' }, context)
  }
})
afterEach(() => jest.restoreAllMocks())

function ask(name: string, args: object, onlyOwner?: string): Promise<unknown> {
  const queries: Record<string, FieldFunction<unknown, unknown, unknown, never>> = viewQueries(
    hostedViews({ tickets: { views } }, FIELDS),
    new ViewReader({ views: hostedViews({ tickets: { views } }, FIELDS), store, patience: 0 }),
  )
  const request: FieldRequest = {
    fieldName: name,
    caller: { kind: 'key' },
    onlyOwner,
    appendError: (id, error) => errors.push([id, error]),
  }
  return Reflect.apply(queries[name] ?? fail, undefined, [args, request])
}

function fail(): never {
  throw new Error('There is no such field')
}

async function concert(seats: number, reserved = 0): Promise<Concert> {
  const made = new Concert()
  await made.addSeats(seats, { creates: true })
  if (reserved > 0) await made.reserve({ quantity: reserved })
  return made
}

test('a list answers what it keeps in the form of the API, by values of the enum', async () => {
  const { id } = await concert(3, 3)
  await concert(5)
  await build()
  expect(await ask('byStatus', { status: 'SOLD_OUT' })).toEqual({
    items: [{ id, version: 2, status: 'SOLD_OUT', quantity: 0 }],
    nextToken: null,
    behind: false,
  })
})

test('a view that does not have the event of after says that it is behind', async () => {
  const { id } = await concert(3)
  await build()
  const asked = (version: number) =>
    ask('byStatus', { status: 'AVAILABLE', after: { id, version } })
  expect(await asked(1)).toMatchObject({ behind: false })
  // The caller knows that this item is an old one.
  expect(await asked(2)).toMatchObject({ behind: true, items: [] })
})

test('a fresh list reads the resources, and leaves out those that have left the key', async () => {
  const left = await concert(3)
  const stays = await concert(5)
  await build()
  await left.reserve({ quantity: 3 })
  await stays.reserve()
  expect(await ask('fresh', { status: 'AVAILABLE' })).toEqual({
    items: [{ id: stays.id, version: 2, status: 'AVAILABLE', quantity: 4 }],
    nextToken: null,
    behind: false,
  })
})

test('a resource that cannot be shown becomes an error beside the others', async () => {
  const { id } = await concert(2)
  const broken = await concert(3)
  await build()
  const item = CONCERT
  const types = { ...item.types, resource: { ...item.types.resource, quantity: 'AWSDate!' } }
  const fields = [field('byStatus', { item: { ...item, types } })]
  const hosted = hostedViews({ tickets: { views } }, fields)
  const { byStatus } = viewQueries(hosted, new ViewReader({ views: hosted, store }))
  const request = {
    onlyOwner: undefined,
    appendError: (id: string, e: unknown) => errors.push([id, e]),
  }
  const answer = await Reflect.apply(byStatus ?? fail, undefined, [
    { status: 'AVAILABLE' },
    request,
  ])
  expect(answer).toMatchObject({ items: [] })
  expect(errors.map(([id]) => id)).toEqual([id, broken.id])
})

test('an absent owner is the user who may see only their own, and otherwise refused', async () => {
  await build()
  expect(await ask('ofOwner', {}, 'alice')).toMatchObject({ items: [] })
  await expect(ask('ofOwner', { owner: null })).rejects.toMatchObject({
    code: 'InvalidArgument',
    message: 'owner must be given: pass the value whose items you want',
  })
})

test('dates with an offset are compared as instants', async () => {
  const { id } = await concert(1)
  await build()
  const soon = new Date(Date.now() + 60_000)
  // The same instant, on a clock that is two hours ahead.
  const to = new Date(soon.getTime() + 7_200_000).toISOString().replace('Z', '+02:00')
  expect(await ask('byDate', { all: 'all', to })).toMatchObject({ items: [{ id }] })
  expect(await ask('byDate', { all: 'all', from: to })).toMatchObject({ items: [] })
})

test('a row answers its fields and its key, and null before its first event', async () => {
  await concert(5, 2)
  await build()
  const today = new Date().toISOString().slice(0, 10)
  expect(await ask('perDay', { day: today })).toEqual({ day: today, reserved: 2, behind: false })
  expect(await ask('perDay', { day: '2020-01-01' })).toBeNull()
})

test('limits are those of the built-in lists', async () => {
  for (const limit of [0, 101]) {
    await expect(ask('byStatus', { status: 'SOLD_OUT', limit })).rejects.toBeInstanceOf(
      InvalidArgument,
    )
  }
})
