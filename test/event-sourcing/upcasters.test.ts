import {
  Aggregate,
  bind,
  CorruptHistory,
  type Event,
  type EventHandlers,
  type EventStore,
  UnknownEvent,
  type Upcasters,
} from '../../lib/event-sourcing/index.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

interface Reserved extends Event {
  readonly type: 'Reserved'
  readonly quantity: number
}

class Seat extends Aggregate<Reserved> implements EventHandlers<Reserved> {
  static override readonly upcasters: Upcasters<Reserved> = {
    Booked: ({ quantity }) => ({ type: 'Reserved', quantity: Number(quantity ?? 0) - 100 }),
    Taken: () => ({ type: 'Booked', quantity: 101 }) as never,
    Reserved: ({ quantity }) => ({
      type: 'Reserved',
      quantity: typeof quantity === 'number' ? Math.abs(quantity) : 1,
    }),
  }
  taken = 0
  reserve(quantity: number, commandId?: string) {
    return this.commit(() => ({ type: 'Reserved', quantity }), { commandId })
  }
  onReserved({ quantity }: Reserved) {
    this.taken += quantity
  }
}
class Elsewhere extends Seat {}

let store: EventStore

describe.each(withStores())('%s', (_, emptyStore) => {
  beforeEach(async () => {
    store = await emptyStore()
    bind(Seat, store)
    bind(Elsewhere, store)
  })

  test('old shapes, renamed types and chains of renames are read as current events', async () => {
    await past(1, 'Reserved')
    await past(2, 'Booked', { quantity: 105 })
    await past(3, 'Taken', { by: 'me' })
    await new Seat('a').reserve(7)
    const seat = await Seat.findOne('a')
    expect(seat).toMatchObject({ version: 4, taken: 1 + 5 + 1 + 7 })
    expect((await Seat.findAll()).items).toEqual([seat])
    for await (const one of Seat.all()) expect(one).toEqual(seat)
    expect(await Seat.findOne('a', { version: 2 })).toMatchObject({ version: 2, taken: 1 + 5 })
    expect(await Seat.findOne('a', { at: '2020-01-01T00:00:03Z' })).toMatchObject({ taken: 7 })
    expect(await seat.events()).toMatchObject([
      { number: 1, type: 'Reserved', quantity: 1, meta: { commandId: 'past-1' } },
      { number: 2, type: 'Reserved', quantity: 5, created: '2020-01-01T00:00:02.000Z' },
      { number: 3, type: 'Reserved', quantity: 1 },
      { number: 4, type: 'Reserved', quantity: 7 },
    ])
  })

  test('the stored event stays unchanged', async () => {
    await past(1, 'Taken', { by: 'me' })
    await Seat.findOne('a')
    for await (const page of store.history('a')) {
      expect(page).toMatchObject([{ type: 'Taken', by: 'me' }])
    }
  })

  test('the event that a failed put returns is upcast', async () => {
    await new Seat('a').reserve(1)
    await past(2, 'Taken')
    const seat = new Seat('a')
    await seat.reserve(3)
    expect(seat).toMatchObject({ version: 3, taken: 5 })
  })

  test('a command from before the rename is recognised when it is repeated', async () => {
    await past(1, 'Booked', { quantity: 104 })
    const again = await new Seat('a').reserve(4, 'past-1')
    expect(again).toMatchObject([{ number: 1, type: 'Reserved', quantity: 4 }])
    expect(await new Elsewhere('a').events()).toHaveLength(1)
  })

  test('a type without handler and upcaster is an UnknownEvent that names the event', async () => {
    await past(1, 'Taken')
    await past(2, 'Sold')
    await new Seat('b').reserve(1)
    const everything = async () => {
      for await (const _ of Seat.all());
    }
    for (const read of [
      () => Seat.findOne('a'),
      () => Seat.findOne('a', { version: 2 }),
      () => Seat.findOne('a', { at: new Date() }),
      () => new Seat('a').hydrate(),
      () => new Seat('a').reserve(1),
      // A page without the resource would be silently wrong.
      () => Seat.findAll(),
      everything,
    ]) {
      const { data } = await refusal<UnknownEvent>(read(), UnknownEvent)
      expect(data).toEqual({ id: 'a', number: 2, type: 'Sold' })
    }
  })

  test('the state before an unknown event and the whole history can be read', async () => {
    await past(1, 'Taken')
    await past(2, 'Sold', { to: 'me' })
    expect(await Seat.findOne('a', { version: 1 })).toMatchObject({ version: 1, taken: 1 })
    const events = [
      { type: 'Reserved', quantity: 1 },
      { type: 'Sold', to: 'me' },
    ]
    expect(await new Seat('a').events()).toMatchObject(events)
  })

  test.each([
    ['throws', () => Object.assign({}, undefined as never as { x: { y: 1 } }).x.y],
    ['returns no event', () => ({})],
  ])('an upcaster that %s fails with CorruptHistory', async (_, upcaster) => {
    class Broken extends Seat {
      static override readonly upcasters = { Odd: upcaster as never }
    }
    bind(Broken, store)
    await past(1, 'Odd')
    const { data } = await refusal(Broken.findOne('a'), CorruptHistory)
    expect(data).toEqual({ id: 'a', number: 1, type: 'Odd' })
  })
})

/** Stores an event as an earlier version of the code did. */
async function past(number: number, type: string, attributes: object = {}): Promise<void> {
  const created = `2020-01-01T00:00:0${number}.000Z`
  const meta = { commandId: `past-${number}` }
  await store.append({ ...attributes, id: 'a', number, type, created, meta })
}
