import { eventually } from '../support/eventually.ts'
import { LocalRun } from '../support/local-run.ts'
import { Subscriber } from '../support/subscriber.ts'

const NOWHERE = '3b241101-e2bb-4255-8caf-4136c566a962'

let run: LocalRun

beforeAll(async () => {
  run = await LocalRun.start()
}, 60_000)
afterAll(() => run?.remove(), 30_000)

async function opened(amount: number): Promise<string> {
  const { data } = await run.graphql(
    'mutation ($amount: Int!) { addSeats(input: { amount: $amount }) { id } }',
    { amount },
  )
  return data?.addSeats?.id ?? ''
}

const place = (input: object) =>
  run.graphql(
    `mutation ($input: PlaceBookingInput!) {
      placeBooking(input: $input) { id version status concertId quantity reason }
    }`,
    { input },
  )

async function placed(concertId: string, quantity: number): Promise<string> {
  const { data } = await place({ concertId, quantity })
  return data?.placeBooking?.id ?? ''
}

const cancel = (id: string) =>
  run.graphql('mutation ($id: ID!) { cancelBooking(input: { id: $id }) { id status } }', { id })

async function booking(id: string) {
  const query = 'query ($id: ID!) { booking(id: $id) { version status reason } }'
  return (await run.graphql(query, { id })).data?.booking
}

async function settled(id: string) {
  return eventually(async () => {
    const found = await booking(id)
    return found?.status === 'PLACED' ? undefined : found
  })
}

async function left(id: string) {
  const query = 'query ($id: ID!) { concert(id: $id) { quantity } }'
  return (await run.graphql(query, { id })).data?.concert?.quantity
}

test('a booking is placed, and is confirmed once its seats are reserved', async () => {
  const concertId = await opened(5)
  const { data, errors } = await place({ concertId, quantity: 3 })
  expect(errors).toBeUndefined()
  const { id = '' } = data?.placeBooking ?? {}
  expect(data?.placeBooking).toEqual({
    id,
    version: 1,
    status: 'PLACED',
    concertId,
    quantity: 3,
    reason: null,
  })
  expect(await settled(id)).toEqual({ version: 2, status: 'CONFIRMED', reason: null })
  expect(await left(concertId)).toBe(2)
})

test('a booking of more seats than are left is rejected with the reason', async () => {
  const concertId = await opened(1)
  const id = await placed(concertId, 2)
  expect(await settled(id)).toEqual({
    version: 2,
    status: 'REJECTED',
    reason: 'Only 1 seats are left',
  })
  expect((await cancel(id)).errors).toMatchObject([{ errorType: 'BookingNotOpen' }])
})

test('a booking of an unknown concert is rejected', async () => {
  const id = await placed(NOWHERE, 2 ** 31 - 1)
  expect(await settled(id)).toMatchObject({
    status: 'REJECTED',
    reason: 'There is no such concert',
  })
})

test('cancelling a booking releases its seats', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 3)
  await settled(id)
  expect((await cancel(id)).data?.cancelBooking).toEqual({ id, status: 'CANCELLED' })
  await eventually(async () => ((await left(concertId)) === 5 ? true : undefined))
})

test('a booking that is sent twice is placed once', async () => {
  const concertId = await opened(5)
  const input = { concertId, quantity: 2, commandId: 'twice' }
  const [first, second] = [await place(input), await place(input)]
  expect(second).toEqual(first)
  await settled(first.data?.placeBooking?.id ?? '')
  expect(await left(concertId)).toBe(3)
})

test('a cancellation that is sent twice is committed once', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 3)
  await settled(id)
  const send = () =>
    run.graphql(
      'mutation ($input: CancelBookingInput!) { cancelBooking(input: $input) { id version status } }',
      { input: { id, commandId: 'cancelled twice' } },
    )
  const [first, second] = [await send(), await send()]
  expect(first.data?.cancelBooking).toEqual({ id, version: 3, status: 'CANCELLED' })
  expect(second).toEqual(first)
  expect((await cancel(id)).errors).toMatchObject([{ errorType: 'BookingNotOpen' }])
  await eventually(async () => ((await left(concertId)) === 5 ? true : undefined))
})

test('cancelling an unknown booking is rejected', async () => {
  const { errors } = await cancel(NOWHERE)
  expect(errors).toMatchObject([{ errorType: 'ResourceNotFound' }])
})

test('a client cannot use the command id of a reaction', async () => {
  const concertId = await opened(5)
  const input = { id: concertId, commandId: 'reaction-GFKpIcZ8Vv' }
  const { errors } = await run.graphql(
    'mutation ($input: ReserveSeatsInput!) { reserveSeats(input: $input) { id } }',
    { input },
  )
  expect(errors).toMatchObject([{ errorType: 'InvalidArgument' }])
  expect(await left(concertId)).toBe(5)
})

test.each([
  [{ concertId: 'no-uuid', quantity: 1 }, 'InvalidId'],
  [{ concertId: NOWHERE, quantity: 0 }, 'InvalidBookingQuantity'],
  [{ concertId: NOWHERE, quantity: -1 }, 'InvalidBookingQuantity'],
])('a booking of %p is rejected: %s', async (input, errorType) => {
  expect((await place(input)).errors).toMatchObject([{ errorType }])
})

test.each([1.5, 2 ** 31])('a booking of %p seats is rejected by the schema', async (quantity) => {
  const { errors } = await place({ concertId: NOWHERE, quantity })
  expect(errors).toMatchObject([{ message: expect.stringContaining('Int cannot represent') }])
})

test('a subscriber receives each event of a booking', async () => {
  const concertId = await opened(5)
  const subscriber = await Subscriber.connect(run.outputs)
  const all = await subscriber.subscribe('subscription { onBookingEvent { id number type } }')
  const id = await placed(concertId, 1)
  await subscriber.message(all, { id, number: 1, type: 'BookingPlaced' })
  await subscriber.message(all, { id, number: 2, type: 'BookingConfirmed' })
  await subscriber.close()
})

test('a request and all resulting events have the same trace id', async () => {
  const concertId = await opened(5)
  const id = await placed(concertId, 1)
  await settled(id)
  const { data } = await run.graphql(
    `query ($id: ID!, $concertId: ID!) {
      bookingEvents(id: $id) { type traceId }
      concertEvents(id: $concertId, after: 1) { type traceId }
    }`,
    { id, concertId },
  )
  const [{ traceId = '' } = {}] = data?.bookingEvents ?? []
  expect(traceId).toMatch(/^1-/)
  expect(data).toEqual({
    bookingEvents: [
      { type: 'BookingPlaced', traceId },
      { type: 'BookingConfirmed', traceId },
    ],
    concertEvents: [{ type: 'SeatsReserved', traceId }],
  })
  expect(run.output).toMatch(new RegExp(`about: 'reaction', traceId: '${traceId}'.*BookingPlaced`))
})
