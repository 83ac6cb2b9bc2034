import {
  bind,
  CorruptHistory,
  commitTogether,
  type StoredEvent,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { refusal } from '../support/refusal.ts'
import { type TearingStore, tearingStore } from '../support/tearing-store.ts'

class Elsewhere extends Concert {}

const seatsAdded = { type: 'SeatsAdded', amount: 1 } as const
let tearing: TearingStore
let id: string

beforeEach(async () => {
  tearing = tearingStore()
  bind(Concert, tearing.store, { held: 0 })
  bind(Elsewhere, tearing.store, { held: 0 })
  const concert = new Concert()
  id = concert.id
  await concert.addSeats(1)
  await concert.commit([seatsAdded, seatsAdded, seatsAdded], { commandId: 'several' })
})

const HALVES: readonly [string, (event: StoredEvent) => boolean][] = [
  ['a number without its predecessor', ({ number }) => number === 3],
  ['only the first event of a commit', ({ number }) => number > 2],
  ['a commit without its last event', ({ number }) => number === 4],
]

describe.each(HALVES)('a reader that sees %s reads again', (_, isHidden) => {
  beforeEach(() => tearing.hide(2, isHidden))

  test('findOne', async () => {
    expect(await Concert.findOne(id)).toMatchObject({ version: 4, quantity: 4 })
  })

  test('events', async () => {
    expect((await new Concert(id).events()).map(({ number }) => number)).toEqual([1, 2, 3, 4])
  })

  test('findAll and all', async () => {
    expect((await Concert.findAll()).items).toMatchObject([{ id, version: 4, quantity: 4 }])
    tearing.hide(2, isHidden)
    const all: Concert[] = []
    for await (const concert of Concert.all()) all.push(concert)
    expect(all).toMatchObject([{ id, version: 4, quantity: 4 }])
  })

  test('a command and a repeated command', async () => {
    const concert = new Concert(id)
    await concert.reserve()
    expect(concert).toMatchObject({ version: 5, quantity: 3 })
    tearing.hide(2, isHidden)
    const again = { commandId: 'several' }
    const events = await new Elsewhere(id).commit([seatsAdded, seatsAdded, seatsAdded], again)
    expect(events.map(({ number }) => number)).toEqual([2, 3, 4])
  })
})

test('a repeated command that sees only one of its two resources reads again', async () => {
  const [one, other] = [new Concert(id), new Concert()]
  const command = { commandId: 'both', command: 'both' }
  const both = (first: Concert, second: Concert) =>
    commitTogether([first, second], () => [seatsAdded, seatsAdded], command)
  const committed = await both(one, other)
  tearing.hide(3, ({ id: of, meta }) => of === other.id && meta.commandId === 'both')
  expect(await both(new Concert(id), new Concert(other.id))).toEqual(committed)
  expect(await other.events()).toHaveLength(1)
})

test('no decision is based on half a commit that a failed put returns', async () => {
  bind(Concert, tearing.store)
  await Concert.findOne(id)
  const both = [seatsAdded, { type: 'SeatsReserved', quantity: 5 }] as const
  await new Elsewhere(id).commit(both)
  tearing.hide(2, ({ number }) => number === 6)
  const seen: number[] = []
  const decided = new Concert(id).commit(({ quantity, version }) => {
    seen.push(version)
    return quantity > 0 ? { type: 'SeatsReserved', quantity } : undefined
  })
  expect(await decided).toEqual([])
  expect(seen).not.toContain(5)
})

test('a commit that stays incomplete is a CorruptHistory that names the event', async () => {
  for (const [, isHidden] of HALVES) {
    tearing.hide(Number.POSITIVE_INFINITY, isHidden)
    const { data } = await refusal(Concert.findOne(id), CorruptHistory)
    expect(data).toMatchObject({ id, number: isHidden === HALVES[2]?.[1] ? 4 : 3 })
  }
})
