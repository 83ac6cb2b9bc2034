import {
  bind,
  type EventStore,
  InvalidEvent,
  inMemoryEventStore,
  VersionConflict,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { type Calls, countCalls } from '../support/counting-store.ts'
import { refusal } from '../support/refusal.ts'

const seatsAdded = (amount = 1) => ({ type: 'SeatsAdded', amount }) as const
const reserved = { type: 'SeatsReserved', quantity: 1 } as const
let store: EventStore
let calls: Calls
let concert: Concert

beforeEach(() => {
  store = inMemoryEventStore()
  calls = countCalls(store)
  bind(Concert, store)
  concert = new Concert()
})

test('several events of a commit are one command with consecutive numbers', async () => {
  const events = await concert.commit([seatsAdded(3), reserved, reserved], { commandId: 'c' })
  expect(events.map(({ number }) => number)).toEqual([1, 2, 3])
  expect(events.map(({ meta }) => [meta?.commandId, meta?.position, meta?.size])).toEqual([
    ['c', 1, 3],
    ['c', 2, 3],
    ['c', 3, 3],
  ])
  expect(new Set(events.map(({ created }) => created)).size).toBeLessThanOrEqual(2)
  expect(concert).toMatchObject({ version: 3, quantity: 1 })
  expect(await concert.events()).toEqual(events)
  expect(calls.append).toBe(1)
})

test('one invalid event rejects the whole commit', async () => {
  const bad: object = { ...reserved, note: undefined }
  const decide: () => never = () => [seatsAdded(), bad] as never
  await refusal(concert.commit(decide), InvalidEvent)
  expect(await concert.events()).toEqual([])
  expect(concert.version).toBe(0)
})

test('a commit accepts 100 events and rejects 101', async () => {
  const hundred = Array.from({ length: 100 }, () => seatsAdded())
  await concert.commit(hundred)
  expect(concert).toMatchObject({ version: 100, quantity: 100 })
  await refusal(concert.commit([...hundred, seatsAdded()]), InvalidEvent)
  expect(await concert.events()).toHaveLength(100)
})

test('a commit of more than 4 MB is rejected before any write', async () => {
  const large = { ...seatsAdded(), note: 'x'.repeat(390_000) }
  const decide: () => never = () => Array.from({ length: 11 }, () => large) as never
  await refusal(concert.commit(decide), InvalidEvent)
  expect(calls.append).toBe(0)
})

test('a taken number on the first event fails with VersionConflict', async () => {
  await concert.addSeats(1)
  const events = [{ ...seatsAdded(), number: 2 }, reserved]
  await new Concert(concert.id).commit(events)
  await refusal(new Concert(concert.id).commit(events), VersionConflict)
  expect(await concert.events()).toHaveLength(3)
})

test('an empty list commits nothing', async () => {
  expect(await concert.commit([])).toEqual([])
  expect(await concert.commit(() => [])).toEqual([])
  expect(calls.append).toBe(0)
})
