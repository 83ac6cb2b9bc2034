import { randomUUID } from 'node:crypto'
import { getIntrospectionQuery } from 'graphql'
import { dynamoDBEventStore } from '../../lib/event-sourcing/index.ts'
import { localTables } from '../../lib/shell/local-tables.ts'
import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const NOWHERE = '3b241101-e2bb-4255-8caf-4136c566a962'
let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

const addSeats = (input: object) =>
  run.graphql(
    `mutation ($input: AddSeatsInput!) {
      addSeats(input: $input) { id version status quantity }
    }`,
    { input },
  )
const reserve = (input: object) =>
  run.graphql(
    `mutation ($input: ReserveSeatsInput!) {
      reserveSeats(input: $input) { id version status quantity }
    }`,
    { input },
  )
const concert = (id: string) =>
  run.graphql('query ($id: ID!) { concert(id: $id) { id version status quantity } }', { id })
const events = (id: string, range: object = {}) =>
  run.graphql(
    `query ($id: ID!, $after: Int, $limit: Int) {
      concertEvents(id: $id, after: $after, limit: $limit) {
        id number type created amount commandId traceId truncated
      }
    }`,
    { id, ...range },
  )

async function opened(amount: number): Promise<string> {
  const { data } = await addSeats({ amount })
  return data?.addSeats?.id ?? ''
}

/** Stores the first event of a booking, as another program would. */
async function storedByHand(id: string, type: string): Promise<void> {
  const { client, names } = await localTables(run.folder)
  const store = dynamoDBEventStore({ tableName: names.BOOKING_TABLE, client })
  const meta = { commandId: randomUUID() }
  await store.append({ id, number: 1, type, created: new Date().toISOString(), meta })
  client.destroy()
}

describe('addSeats', () => {
  test('without an id creates a concert with a new UUID v4', async () => {
    const { data, errors } = await addSeats({ amount: 3 })
    expect(errors).toBeUndefined()
    expect(data?.addSeats).toEqual({
      id: expect.stringMatching(UUID_V4),
      version: 1,
      status: 'AVAILABLE',
      quantity: 3,
    })
  })

  test('with an id adds seats to that concert', async () => {
    const id = await opened(3)
    const { data } = await addSeats({ id, amount: 4 })
    expect(data?.addSeats).toEqual({ id, version: 2, status: 'AVAILABLE', quantity: 7 })
  })

  test.each([0, -1])('of %p is rejected, and no event is stored', async (amount) => {
    const id = await opened(1)
    const { errors } = await addSeats({ id, amount })
    expect(errors).toMatchObject([{ errorType: 'InvalidAmount', errorInfo: { id, amount } }])
    expect((await events(id)).data?.concertEvents).toHaveLength(1)
  })

  test.each([1.5, '3', null])('of %p is rejected before it reaches a function', async (amount) => {
    const { data, errors } = await addSeats({ amount })
    expect(data?.addSeats ?? null).toBeNull()
    expect(errors).toHaveLength(1)
  })

  test('with an unknown id fails with ResourceNotFound', async () => {
    const { errors } = await addSeats({ id: NOWHERE, amount: 1 })
    expect(errors).toMatchObject([{ errorType: 'ResourceNotFound', errorInfo: { id: NOWHERE } }])
  })

  test('with an expectedVersion commits only at that version', async () => {
    const id = await opened(1)
    const { errors } = await addSeats({ id, amount: 1, expectedVersion: 2 })
    expect(errors).toMatchObject([
      { errorType: 'VersionConflict', errorInfo: { id, expectedVersion: 2, actualVersion: 1 } },
    ])
    expect((await addSeats({ id, amount: 1, expectedVersion: 1 })).errors).toBeUndefined()
  })
})

describe('reserveSeats', () => {
  test('reserves one seat, and the last seat makes the concert sold out', async () => {
    const id = await opened(2)
    const first = await reserve({ id })
    expect(first.data?.reserveSeats).toMatchObject({ quantity: 1, status: 'AVAILABLE' })
    const second = await reserve({ id })
    expect(second.data?.reserveSeats).toMatchObject({ quantity: 0, status: 'SOLD_OUT' })
  })

  test('at a sold-out concert is rejected with SoldOut, and no event is stored', async () => {
    const id = await opened(1)
    await reserve({ id })
    const { data, errors } = await reserve({ id })
    expect(data).toBeNull()
    expect(errors).toMatchObject([
      { errorType: 'SoldOut', errorInfo: { id, version: 2 }, path: ['reserveSeats'] },
    ])
    expect((await events(id)).data?.concertEvents).toHaveLength(2)
  })

  test('with an unknown id fails with ResourceNotFound', async () => {
    const { errors } = await reserve({ id: NOWHERE })
    expect(errors).toMatchObject([{ errorType: 'ResourceNotFound' }])
    expect((await concert(NOWHERE)).data).toEqual({ concert: null })
  })

  test.each(['', 'x', `${NOWHERE} `])('with the invalid id %p fails with InvalidId', async (id) => {
    expect((await reserve({ id })).errors).toMatchObject([{ errorType: 'InvalidId' }])
    expect((await concert(id)).errors).toMatchObject([{ errorType: 'InvalidId' }])
    expect((await events(id)).errors).toMatchObject([{ errorType: 'InvalidId' }])
  })
})

describe('queries', () => {
  test('concert returns the state after the last commit', async () => {
    const id = await opened(2)
    await reserve({ id })
    expect((await concert(id)).data).toEqual({
      concert: { id, version: 2, status: 'AVAILABLE', quantity: 1 },
    })
  })

  test('concerts returns each concert once, in pages', async () => {
    const ids = await Promise.all([1, 2, 3].map(opened))
    const found: string[] = []
    let nextToken: string | null = null
    do {
      const { data, errors } = await run.graphql(
        `query ($nextToken: String) {
          concerts(limit: 2, nextToken: $nextToken) { items { id } nextToken }
        }`,
        { nextToken },
      )
      expect(errors).toBeUndefined()
      const page = data?.concerts
      found.push(...(page?.items ?? []).map(({ id }) => id))
      nextToken = page?.nextToken ?? null
    } while (nextToken)
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining(ids))
  })

  test.each(['limit: 0', 'limit: 101', 'limit: -1', 'nextToken: "x"', 'nextToken: ""'])(
    'concerts(%s) fails with a clear error',
    async (args) => {
      const { errors } = await run.graphql(`{ concerts(${args}) { nextToken } }`)
      const [argument = ''] = args.split(':')
      expect(errors).toMatchObject([{ errorType: 'InvalidArgument', errorInfo: { argument } }])
      expect(errors?.[0]?.message).toContain(argument)
    },
  )

  test('bookings returns the others if one is broken, and an error with its path and id', async () => {
    const placed = async (quantity: number) => {
      const { data } = await run.graphql(
        `mutation ($input: PlaceBookingInput!) { placeBooking(input: $input) { id } }`,
        { input: { concertId: NOWHERE, quantity } },
      )
      return data?.placeBooking?.id
    }
    const ids = [await placed(1), await placed(2)]
    const broken = randomUUID()
    await storedByHand(broken, 'BookingLost')
    const { data, errors } = await run.graphql('{ bookings { items { id } } }')
    expect(data?.bookings?.items.map(({ id }) => id).sort()).toEqual(ids.sort())
    const errorInfo = { id: broken, number: 1, type: 'BookingLost', traceId: expect.any(String) }
    expect(errors).toMatchObject([{ path: ['bookings'], errorType: 'UnknownEvent', errorInfo }])
    const { traceId } = errors?.[0]?.errorInfo ?? {}
    const entry = expect.objectContaining({ about: 'bookings', code: 'UnknownEvent', traceId })
    await eventually(async () => {
      expect(run.logs()).toContainEqual(expect.objectContaining({ level: 'ERROR', message: entry }))
      return true
    })
    const history = await run.graphql(`{ bookingEvents(id: "${broken}") { number type } }`)
    expect(history).toEqual({ data: { bookingEvents: [{ number: 1, type: 'BookingLost' }] } })
    const alone = await run.graphql(`{ booking(id: "${broken}") { id } }`)
    expect(alone).toMatchObject({
      data: { booking: null },
      errors: [{ errorType: 'UnknownEvent' }],
    })
  })

  test('concertEvents returns the history with every field', async () => {
    const id = await opened(2)
    await reserve({ id })
    const { data } = await events(id)
    const common = {
      id,
      created: expect.stringMatching(/Z$/),
      commandId: expect.any(String),
      traceId: expect.stringMatching(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
      truncated: null,
    }
    expect(data?.concertEvents).toEqual([
      { ...common, number: 1, type: 'SeatsAdded', amount: 2 },
      { ...common, number: 2, type: 'SeatsReserved', amount: null },
    ])
  })

  test('concertEvents returns the events after a number, up to a limit', async () => {
    const id = await opened(3)
    for (let count = 0; count < 3; count += 1) await reserve({ id })
    const { data } = await events(id, { after: 1, limit: 2 })
    expect(data?.concertEvents).toMatchObject([{ number: 2 }, { number: 3 }])
    expect((await events(NOWHERE)).data?.concertEvents).toEqual([])
    for (const range of [{ limit: 0 }, { limit: 1001 }, { after: -1 }]) {
      expect((await events(id, range)).errors).toMatchObject([{ errorType: 'InvalidArgument' }])
    }
  })
})

describe('traces', () => {
  test('the trace id of an error leads to the failed command', async () => {
    const id = await opened(1)
    await reserve({ id })
    const { errors } = await reserve({ id })
    const traceId = errors?.[0]?.errorInfo?.traceId
    const segment = await eventually(async () =>
      run
        .traces()
        .filter(({ trace_id }) => trace_id === traceId)
        .find((document) => document.name === 'commit'),
    )
    expect(segment).toMatchObject({ error: true, annotations: { resource: id, error: 'SoldOut' } })
    expect(segment).not.toHaveProperty('fault')
  })

  test('the trace of an event has the resource, type and number of the event', async () => {
    const id = await opened(1)
    await reserve({ id })
    const segment = await eventually(async () =>
      run.traces().find(({ annotations }) => {
        const { resource, number }: { resource?: string; number?: number } = annotations ?? {}
        return resource === id && number === 2
      }),
    )
    expect(segment.annotations).toEqual({
      ...{ resource: id, event: 'SeatsReserved', number: 2 },
      actor: 'key',
    })
    const { data } = await events(id, { after: 1 })
    expect(data?.concertEvents).toMatchObject([{ traceId: segment.trace_id }])
  })
})

test('a request runs at most 100 resolvers, and the standard introspection query is answered', async () => {
  const fields = Array.from(
    { length: 101 },
    (_, index) => `a${index}: concert(id: "${NOWHERE}") { id }`,
  )
  const { data, errors } = await run.graphql(`{ ${fields.join('\n')} }`)
  expect(Object.keys(data ?? {})).toHaveLength(101)
  expect(errors).toEqual([
    expect.objectContaining({ errorType: 'ResolverExecutionLimitReached', path: ['a100'] }),
  ])
  const introspection = await run.graphql(getIntrospectionQuery())
  expect(introspection.errors).toBeUndefined()
})

test('the console opens with commands, live feed, key and endpoint preset', async () => {
  const { consoleUrl, graphqlUrl, apiKey } = run.outputs
  const options = await (await fetch(new URL('console-options.js', consoleUrl))).text()
  for (const part of ['addSeats', 'reserveSeats', 'onConcertEvent', graphqlUrl, apiKey]) {
    expect(options).toContain(part)
  }
  expect(options).not.toContain('publishConcertEvent')
})
