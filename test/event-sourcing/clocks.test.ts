import { randomUUID } from 'node:crypto'
import {
  bind,
  commitTogether,
  type EventStore,
  InvalidEvent,
  inMemoryEventStore,
  ResourceNotFound,
} from '../../lib/event-sourcing/index.ts'
import { lastBefore } from '../../lib/event-sourcing/reactions/stored-history.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

const seatsAdded = { type: 'SeatsAdded', amount: 1 } as const
const minutesAhead = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString()
const id = 'a'

async function stored(store: EventStore, dates: readonly string[]): Promise<void> {
  for (const [index, created] of dates.entries()) {
    const meta = { commandId: randomUUID() }
    await store.append({ ...seatsAdded, id, number: index + 1, created, meta })
  }
}

describe('a given date', () => {
  let store: EventStore
  beforeEach(() => {
    store = inMemoryEventStore()
    bind(Concert, store)
  })

  test('that is more than five minutes ahead is rejected, and nothing is stored', async () => {
    const concert = new Concert()
    const created = minutesAhead(6)
    const error = await refusal(concert.commit({ ...seatsAdded, created }), InvalidEvent)
    const now = /\d{4}-\S+Z/.exec(error.message)?.[0] ?? ''
    expect(Date.parse(created) - Date.parse(now)).toBeGreaterThan(5 * 60_000)
    expect(error.message).toBe(
      `The event's created must be at most 5 minutes ahead of this clock, which says ${now}; ` +
        `got ${created}. Omit created, or commit imported events with { imported: true }`,
    )
    const { type } = seatsAdded
    expect(error.data).toMatchObject({ id: concert.id, type, attribute: 'created', value: created })
    await refusal(
      commitTogether([concert], () => [{ ...seatsAdded, created }]),
      InvalidEvent,
    )
    expect(await concert.events()).toEqual([])
  })

  test('that is less than five minutes ahead, or long ago, is stored', async () => {
    for (const created of [minutesAhead(4), '1999-12-31T23:59:59Z']) {
      const [event] = await new Concert().commit({ ...seatsAdded, created })
      expect(event?.created).toBe(created)
    }
  })

  test('of imported events may be far ahead', async () => {
    const created = '2999-01-01T00:00:00Z'
    const options = { imported: true }
    const [event] = await new Concert().commit({ ...seatsAdded, created }, options)
    expect(event?.created).toBe(created)
    const decide = () => [[{ ...seatsAdded, created }]] as const
    const [[other]] = await commitTogether([new Concert()], decide, options)
    expect(other?.created).toBe(created)
  })
})

describe.each(withStores())('a history whose dates are far ahead, %s', (_, emptyStore) => {
  let store: EventStore
  beforeEach(async () => {
    store = await emptyStore()
    bind(Concert, store)
  })

  test('does not date later events into the future', async () => {
    await stored(store, [minutesAhead(-1), minutesAhead(60)])
    const before = new Date().toISOString()
    await new Concert(id).addSeats(1)
    await new Concert(id).addSeats(1)
    const dates = (await new Concert(id).events({ after: 2 })).map(({ created }) => created)
    const after = new Date().toISOString()
    expect([before, ...dates, after]).toEqual([before, ...dates, after].sort())
  })

  test('shows all earlier events at the date of a later one', async () => {
    const day = (date: number) => `2026-01-0${date}T00:00:00Z`
    await stored(store, [1, 8, 9, 2, 3, 7, 4].map(day))
    const version = async (date: number) => (await Concert.findOne(id, { at: day(date) })).version
    const versions = [await version(1), await version(2), await version(3), await version(4)]
    expect(versions).toEqual([1, 4, 5, 7])
    expect([await version(8), await version(9)]).toEqual([7, 7])
    expect((await Concert.findOne(id, { at: day(4) })).quantity).toBe(7)
    await refusal(Concert.findOne(id, { at: '2025-12-31T00:00:00Z' }), ResourceNotFound)
  })

  test('does not repeat events for a reactor that begins after them', async () => {
    await stored(store, ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z', '2026-01-02T00:00:00Z'])
    expect(await lastBefore(store, id, Date.parse('2026-01-03T00:00:00Z'))).toBe(3)
    expect(await lastBefore(store, id, Date.parse('2026-01-01T12:00:00Z'))).toBe(1)
    expect(await lastBefore(store, id, Date.parse('2025-01-01T00:00:00Z'))).toBe(0)
  })
})
