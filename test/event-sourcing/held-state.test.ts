import {
  bind,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
  VersionConflict,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { type Calls, countCalls } from '../support/counting-store.ts'
import { refusal } from '../support/refusal.ts'

/** The same resources in another process, which caches nothing. */
class Elsewhere extends Concert {}

let store: EventStore
let calls: Calls

beforeEach(() => {
  store = inMemoryEventStore({ pageSize: 3 })
  calls = countCalls(store)
  bind(Concert, store)
  bind(Elsewhere, store, { held: 0 })
})

async function opened(amount = 5): Promise<string> {
  const concert = new Concert()
  await concert.addSeats(amount)
  reset()
  return concert.id
}

function reset(): void {
  Object.assign(calls, { append: 0, history: 0, scan: 0, after: [] })
}

test('a warm command is one put without a read, for a history of any length', async () => {
  const id = await opened()
  for (let count = 1; count <= 20; count += 1) {
    await new Concert(id).addSeats(1)
    expect(calls).toMatchObject({ append: count, history: 0 })
  }
})

test('a cold command is one read of the history and one put', async () => {
  const id = await opened()
  await new Elsewhere(id).reserve()
  expect(calls).toMatchObject({ append: 1, history: 1 })
})

test('a warm query reads only the events after the cached version', async () => {
  const id = await opened()
  await new Elsewhere(id).addSeats(1)
  reset()
  expect(await Concert.findOne(id)).toMatchObject({ version: 2, quantity: 6 })
  expect(await Concert.findOne(id)).toMatchObject({ version: 2 })
  expect(calls).toMatchObject({ history: 2, after: [1, 2] })
})

test('a rejection on cached state is confirmed against the store', async () => {
  const id = await opened(1)
  await new Concert(id).reserve()
  await new Elsewhere(id).addSeats(1)
  await new Concert(id).reserve()
  reset()
  await expect(new Concert(id).reserve()).rejects.toMatchObject({ code: 'SoldOut' })
  expect(calls).toMatchObject({ append: 0, history: 1 })
})

test('a rejection on the creating instance is confirmed against the store', async () => {
  const concert = new Elsewhere()
  await concert.addSeats(1)
  await concert.reserve()
  await new Elsewhere(concert.id).addSeats(1)
  await concert.reserve()
  expect(concert).toMatchObject({ version: 4, quantity: 0 })
})

test('a rejection on a new id that is in use is confirmed against the store', async () => {
  const concert = new Concert()
  await new Elsewhere(concert.id).addSeats(1)
  await concert.reserve()
  expect(concert).toMatchObject({ version: 2, quantity: 0 })
})

test('a decision for too many events is confirmed against the store', async () => {
  const id = await opened(101)
  await new Elsewhere(id).reserve({ quantity: 99 })
  const reserved = { type: 'SeatsReserved', quantity: 1 } as const
  const events = await new Concert(id).commit(({ quantity }) =>
    Array.from({ length: quantity }, () => reserved),
  )
  expect(events).toHaveLength(2)
})

test('a decision for no event and a version ahead are confirmed against the store', async () => {
  const id = await opened()
  await new Elsewhere(id).addSeats(1)
  const reserved = { type: 'SeatsReserved', quantity: 1 } as const
  await new Concert(id).commit(({ quantity }) => (quantity === 6 ? reserved : undefined))
  expect((await Concert.findOne(id)).quantity).toBe(5)
  await new Elsewhere(id).addSeats(1)
  await new Concert(id).addSeats(1, { expectedVersion: 4 })
  await refusal(new Concert(id).addSeats(1, { expectedVersion: 9 }), VersionConflict)
})

test('the event that a failed put returns is not read again', async () => {
  const id = await opened()
  await new Elsewhere(id).addSeats(1)
  reset()
  const concert = new Concert(id)
  await concert.reserve()
  expect(concert).toMatchObject({ version: 3, quantity: 5 })
  expect(calls).toMatchObject({ append: 2, history: 0 })
})

test('when several events were missed, the rest is read in one request', async () => {
  const id = await opened()
  for (let count = 0; count < 8; count += 1) await new Elsewhere(id).addSeats(1)
  reset()
  await new Concert(id).reserve()
  expect(calls).toMatchObject({ append: 3, history: 1, after: [3] })
})

test('changes to returned objects do not reach other callers or decisions', async () => {
  const id = await opened(2)
  const one = await Concert.findOne(id)
  Object.assign(one, { quantity: 99, status: 'available' })
  expect((await Concert.findOne(id)).quantity).toBe(2)
  const [event] = await new Concert(id).addSeats(1)
  Object.assign(event ?? {}, { amount: 50 })
  await one.reserve()
  expect(one.quantity).toBe(2)
  await new Concert(id).commit((copy) => {
    copy.quantity = 77
    return undefined
  })
  expect((await Concert.findOne(id)).quantity).toBe(2)
})

test('the cached version never decreases, in any order of commits', async () => {
  const id = await opened(100)
  const commands = Array.from({ length: 30 }, (_, index) =>
    index % 3 === 0 ? Concert.findOne(id) : new (index % 2 ? Concert : Elsewhere)(id).reserve(),
  )
  await Promise.all(commands)
  reset()
  await new Concert(id).hydrate()
  const after = calls.after[0] ?? 0
  await new Concert(id).hydrate()
  expect(calls.after[1]).toBeGreaterThanOrEqual(after)
  expect(await Concert.findOne(id)).toMatchObject({ version: 21, quantity: 80 })
})

test('held: 0 disables the cache; other bounds evict the least recently used state', async () => {
  bind(Concert, store, { held: 0 })
  const id = await opened()
  await new Concert(id).addSeats(1)
  expect(calls).toMatchObject({ append: 1, history: 1 })

  bind(Concert, store, { held: 2 })
  const [first, second, third] = [await opened(), await opened(), await opened()]
  await new Concert(third).addSeats(1)
  await new Concert(second).addSeats(1)
  expect(calls).toMatchObject({ append: 2, history: 0 })
  await new Concert(first).addSeats(1)
  expect(calls).toMatchObject({ append: 3, history: 1 })
})

test.each([-1, 1.5, Number.NaN])('held: %p is rejected', (held) => {
  expect(() => bind(Concert, store, { held })).toThrow(InvalidArgument)
})
