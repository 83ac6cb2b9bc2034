import {
  Aggregate,
  bind,
  CommandIdReused,
  commitTogether,
  dynamoDBEventStore,
  type Event,
  type EventHandlers,
  EventRejected,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
  VersionConflict,
  within,
} from '../../lib/event-sourcing/index.ts'
import { Concert, SoldOut } from '../app/lib/tickets/index.ts'
import { clientFor } from '../support/client.ts'
import { countCalls } from '../support/counting-store.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { refusal } from '../support/refusal.ts'

interface Placed extends Event {
  readonly type: 'Placed'
}
interface Confirmed extends Event {
  readonly type: 'Confirmed'
}
class Booking extends Aggregate<Placed | Confirmed> implements EventHandlers<Placed | Confirmed> {
  status = ''
  onPlaced() {
    this.status = 'placed'
  }
  onConfirmed() {
    this.status = 'confirmed'
  }
}
/** The same resources in other processes, with caches of their own. */
class ConcertElsewhere extends Concert {}
class BookingElsewhere extends Booking {}

const dynamodb = withDynamoDB()
const onDynamoDB = async () =>
  dynamoDBEventStore({ tableName: await dynamodb.newTable(), client: dynamodb.client })
const stores: readonly [string, () => Promise<EventStore>][] = [
  ['in memory', async () => inMemoryEventStore()],
  ['on DynamoDB', onDynamoDB],
]

const confirm = (concert: Concert, booking: Booking, commandId?: string) =>
  commitTogether(
    [concert, booking],
    ([{ quantity }]) => {
      if (quantity === 0) throw new SoldOut('There is none left')
      return [{ type: 'SeatsReserved', quantity: 1 }, { type: 'Confirmed' }]
    },
    { commandId, command: 'confirm' },
  )

describe.each(stores)('%s', (_, newStore) => {
  let concert: Concert
  let booking: Booking

  beforeEach(async () => {
    const [concerts, bookings] = [await newStore(), await newStore()]
    for (const Class of [Concert, ConcertElsewhere]) bind(Class, concerts)
    for (const Class of [Booking, BookingElsewhere]) bind(Class, bookings)
    concert = new Concert()
    booking = new Booking()
    await concert.addSeats(1)
    await booking.commit({ type: 'Placed' })
  })

  const stored = async () => {
    const [found, placed] = [await Concert.findOne(concert.id), await Booking.findOne(booking.id)]
    return { quantity: found.quantity, status: placed.status }
  }

  test('resources of several types get all of their events or none', async () => {
    const [[reserved], [confirmed]] = await confirm(concert, booking, 'c')
    expect(reserved).toMatchObject({ type: 'SeatsReserved', number: 2 })
    expect(confirmed).toMatchObject({ type: 'Confirmed', number: 2 })
    expect(reserved?.meta).toMatchObject({ commandId: 'c', resources: 2 })
    expect([concert.quantity, booking.status]).toEqual([0, 'confirmed'])
    expect(await stored()).toEqual({ quantity: 0, status: 'confirmed' })
    const another = new Booking()
    await another.commit({ type: 'Placed' })
    await refusal(confirm(concert, another), SoldOut)
    expect(await Booking.findOne(another.id)).toMatchObject({ status: 'placed', version: 1 })
  })

  test('a commit is decided again when one of its resources has changed', async () => {
    await new ConcertElsewhere(concert.id).addSeats(1)
    await confirm(concert, booking)
    expect(concert).toMatchObject({ version: 3, quantity: 1 })
    await new ConcertElsewhere(concert.id).reserve()
    const another = new Booking()
    await refusal(confirm(new Concert(concert.id), another), SoldOut)
    expect(await another.events()).toEqual([])
  })

  test('a commit is decided again when a resource without an event has changed', async () => {
    await new ConcertElsewhere(concert.id).reserve()
    const decisions: number[] = []
    await commitTogether([concert, booking], ([{ quantity }]) => {
      decisions.push(quantity)
      if (quantity === 0) return [undefined, { type: 'Placed' }]
      return [undefined, { type: 'Confirmed' }]
    })
    expect(decisions).toEqual([1, 0])
    expect(await stored()).toEqual({ quantity: 0, status: 'placed' })
    expect(await concert.events()).toHaveLength(2)
  })

  test('a repeated command returns the original events, also in another process', async () => {
    const committed = await confirm(concert, booking, 'c')
    await new Concert(concert.id).addSeats(5)
    const elsewhere = [new ConcertElsewhere(concert.id), new BookingElsewhere(booking.id)] as const
    expect(await confirm(...elsewhere, 'c')).toEqual(committed)
    expect(await confirm(concert, booking, 'c')).toEqual(committed)
    expect(await booking.events()).toHaveLength(2)
  })

  test('another unnamed command under the same id fails with CommandIdReused', async () => {
    const other = new Concert()
    const move = (amount: number) => () =>
      [
        { type: 'SeatsReserved', quantity: 1 },
        { type: 'SeatsAdded', amount },
      ] as const
    const command = { commandId: 'move' }
    const moved = await commitTogether([concert, other], move(1), command)
    await concert.addSeats(5)
    for (const [from, to] of [
      [concert, other],
      [new ConcertElsewhere(concert.id), new ConcertElsewhere(other.id)],
    ] as const) {
      expect(await commitTogether([from, to], move(1), command)).toEqual(moved)
      const { data } = await refusal(commitTogether([from, to], move(2), command), CommandIdReused)
      expect(data).toEqual({ id: concert.id, number: 2, commandId: 'move' })
    }
    expect(await other.events()).toHaveLength(1)
  })

  test('concurrent commits never oversell a concert, and each sale is stored once', async () => {
    await concert.addSeats(4)
    const bookings = Array.from({ length: 12 }, () => new Booking())
    const results = await Promise.allSettled(
      bookings.map((one, index) =>
        confirm(new (index % 2 ? Concert : ConcertElsewhere)(concert.id), one),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    const lengths = await Promise.all(bookings.map(async (one) => (await one.events()).length))
    expect(lengths.reduce((sum, length) => sum + length)).toBe(5)
    expect((await stored()).quantity).toBe(0)
  })
})

test('a commit that runs out of time fails with a VersionConflict that names losers', async () => {
  const store = inMemoryEventStore()
  bind(Concert, store)
  bind(ConcertElsewhere, store)
  bind(Booking, store)
  const { transact } = store
  const { id } = new Concert()
  // Another writer always commits first.
  const overtaken: typeof transact = async (steps) => {
    await new ConcertElsewhere(id).addSeats(1)
    return transact(steps)
  }
  Object.assign(store, { transact: overtaken })
  const booking = new Booking()
  await new Concert(id).addSeats(1)
  const { data } = await refusal(
    within(100, () => confirm(new Concert(id), booking)),
    VersionConflict,
  )
  expect(data).toMatchObject({ id, losers: [id] })
  expect(await booking.events()).toEqual([])
})

describe('write skew', () => {
  interface Left extends Event {
    readonly type: 'Left'
  }
  interface Came extends Event {
    readonly type: 'Came'
  }
  /** A doctor on call. At least one of two doctors has to stay. */
  class Doctor extends Aggregate<Left | Came> implements EventHandlers<Left | Came> {
    onCall = false
    leave(other: Doctor, isGuarded: boolean) {
      const leave = (stayer: Doctor) => {
        if (!stayer.onCall) throw new EventRejected('One has to stay')
        return { type: 'Left' } as const
      }
      return isGuarded
        ? this.commit((_, stayer) => leave(stayer), { reads: [other] })
        : this.commit(() => leave(other))
    }
    onLeft() {
      this.onCall = false
    }
    onCame() {
      this.onCall = true
    }
  }

  /** Makes two doctors leave at once: both decide before either commit is stored. */
  async function bothLeave(isGuarded: boolean) {
    const store = inMemoryEventStore()
    class DoctorElsewhere extends Doctor {}
    for (const Class of [Doctor, DoctorElsewhere]) bind(Class, store)
    const [one, other] = [new Doctor(), new Doctor()]
    for (const doctor of [one, other]) await doctor.commit({ type: 'Came' })
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    // The next two commits wait for each other; later commits do not.
    const { append, transact } = store
    let waiting = 0
    const together = async () => {
      waiting += 1
      if (waiting === 2) release()
      await released
    }
    Object.assign(store, {
      append: async (...args: Parameters<typeof append>) => together().then(() => append(...args)),
      transact: async (...args: Parameters<typeof transact>) =>
        together().then(() => transact(...args)),
    })
    const pairs = [
      [await Doctor.findOne(one.id), await Doctor.findOne(other.id)],
      [await DoctorElsewhere.findOne(other.id), await DoctorElsewhere.findOne(one.id)],
    ] as const
    const results = await Promise.allSettled(
      pairs.map(([leaver, stayer]) => leaver.leave(stayer, isGuarded)),
    )
    const onCall = [await Doctor.findOne(one.id), await Doctor.findOne(other.id)]
    return { results, onCall: onCall.filter((doctor) => doctor.onCall).length }
  }

  test('without reads, two commands that use each other’s resource break the rule', async () => {
    expect((await bothLeave(false)).onCall).toBe(0)
  })

  test('with reads, one of the two commands is decided again and rejected', async () => {
    const { results, onCall } = await bothLeave(true)
    expect(onCall).toBe(1)
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'EventRejected' },
    })
  })
})

test('a rule gets up-to-date copies of its resources, and the instances change later', async () => {
  bind(Concert, inMemoryEventStore())
  const [concert, read] = [new Concert(), new Concert()]
  await read.addSeats(1)
  const elsewhere = await Concert.findOne(read.id)
  await elsewhere.addSeats(2)
  const seen: object[] = []
  await concert.commit(
    (_, copy) => {
      seen.push({ copy: copy.quantity, instance: read.quantity })
      copy.quantity = 100
      return { type: 'SeatsAdded', amount: copy.version }
    },
    { reads: [read] },
  )
  expect(seen).toContainEqual({ copy: 3, instance: 1 })
  expect(seen.every((each) => 'instance' in each && each.instance === 1)).toBe(true)
  expect([concert, read]).toMatchObject([{ quantity: 2 }, { quantity: 3, version: 2 }])
})

test('a rejection is based on the state of all resources at one moment', async () => {
  const store = inMemoryEventStore()
  for (const Class of [Concert, ConcertElsewhere]) bind(Class, store, { held: 0 })
  const [from, to] = [new ConcertElsewhere(), new ConcertElsewhere()]
  await from.addSeats(1)
  const { history } = store
  let isMoved = false
  // A seat moves between the concerts after the first is read and before the second is read.
  const around: typeof history = async function* (id, range) {
    if (id === to.id && !isMoved) {
      isMoved = true
      await commitTogether([from, to], () => [
        { type: 'SeatsReserved', quantity: 1 },
        { type: 'SeatsAdded', amount: 1 },
      ])
    }
    yield* history(id, range)
  }
  Object.assign(store, { history: around })
  const sums: number[] = []
  const counted = commitTogether([new Concert(from.id), new Concert(to.id)], ([one, other]) => {
    const sum = one.quantity + other.quantity
    sums.push(sum)
    if (sum !== 1) throw new Error(`There are ${sum}`)
    return undefined
  })
  expect(await counted).toEqual([[], []])
  expect(sums).toContain(2)
})

test('a duplicate resource and a store of another kind are rejected', async () => {
  bind(Concert, inMemoryEventStore())
  bind(Booking, await onDynamoDB())
  const concert = new Concert()
  const twice = commitTogether([concert, new Concert(concert.id)], () => [undefined, undefined])
  await refusal(twice, InvalidArgument)
  const mixed = commitTogether([new Booking(), concert], () => [
    { type: 'Placed' },
    { type: 'SeatsAdded', amount: 1 },
  ])
  await expect(mixed).rejects.toThrow(/another kind/)
})

test('tables of different clients in one commit are rejected', async () => {
  const client = clientFor(dynamodb.endpoint)
  bind(Concert, dynamoDBEventStore({ tableName: await dynamodb.newTable(), client }))
  bind(Booking, await onDynamoDB())
  const booking = new Booking()
  const both = commitTogether([booking, new Concert()], () => [
    { type: 'Placed' },
    { type: 'SeatsAdded', amount: 1 },
  ])
  await expect(both).rejects.toThrow(/another client/)
  expect(await booking.events()).toEqual([])
  client.destroy()
})

test('commits that list the same resources in different orders do not deadlock', async () => {
  bind(Concert, inMemoryEventStore())
  const [one, other] = [new Concert(), new Concert()]
  const seatsAdded = { type: 'SeatsAdded', amount: 1 } as const
  const both = Array.from({ length: 20 }, (_, index) =>
    commitTogether(index % 2 ? [one, other] : [other, one], () => [seatsAdded, seatsAdded]),
  )
  const each = [one, other].map((concert, index, all) =>
    concert.commit(() => seatsAdded, { reads: [all[1 - index] ?? concert] }),
  )
  await Promise.all([...both, ...each])
  expect([one, other]).toMatchObject([{ quantity: 21 }, { quantity: 21 }])
})

test('a commit of several resources is one request to the store', async () => {
  const store = inMemoryEventStore()
  const calls = countCalls(store)
  bind(Concert, store)
  const seatsAdded = { type: 'SeatsAdded', amount: 1 } as const
  const [one, other] = [new Concert(), new Concert()]
  await commitTogether([one, other], () => [seatsAdded, [seatsAdded, seatsAdded]])
  await commitTogether([one, other], () => [seatsAdded, undefined])
  expect(calls).toMatchObject({ append: 2, history: 0 })
})
