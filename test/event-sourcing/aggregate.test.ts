import {
  Aggregate,
  bind,
  CorruptHistory,
  type Event,
  EventRejected,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
  NotBound,
  ResourceNotFound,
  UnknownEvent,
  VersionConflict,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { refusal } from '../support/refusal.ts'

const seatsAdded = (amount: number) => ({ type: 'SeatsAdded', amount }) as const
const reserved = { type: 'SeatsReserved', quantity: 1 } as const
let store: EventStore

beforeEach(() => {
  store = inMemoryEventStore({ name: 'concerts', pageSize: 3 })
  bind(Concert, store)
})

async function opened(amount = 5): Promise<Concert> {
  const concert = new Concert()
  await concert.addSeats(amount)
  return concert
}

/** Returns a stale instance: `command` commits after the instance was loaded. */
async function overtaken(concert: Concert, command: (other: Concert) => Promise<unknown>) {
  const stale = await Concert.findOne(concert.id)
  await command(concert)
  return stale
}

describe('commit', () => {
  test('returns the event with number, date and command id, without a trace id', async () => {
    const before = new Date().toISOString()
    const concert = new Concert()
    const [event] = await concert.commit(seatsAdded(2))
    expect(event).toEqual({
      ...seatsAdded(2),
      number: 1,
      created: expect.any(String),
      meta: {
        commandId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        fingerprint: expect.stringMatching(/^[\w-]{22}$/),
      },
    })
    expect(event && event.created >= before).toBe(true)
    expect(await concert.events()).toEqual([event])
  })

  test('each commit has its own command id', async () => {
    const concert = await opened()
    await concert.reserve()
    const ids = (await concert.events()).map(({ meta }) => meta?.commandId)
    expect(new Set(ids).size).toBe(2)
  })

  test('a decision without an event commits nothing', async () => {
    const concert = await opened()
    expect(await concert.commit(() => undefined)).toEqual([])
    expect(concert.version).toBe(1)
  })

  test('a conflict is retried on the state the other writer left', async () => {
    const concert = await opened(2)
    const stale = await overtaken(concert, (other) => other.reserve())
    await stale.reserve()
    expect(stale).toMatchObject({ version: 3, quantity: 0, status: 'sold-out' })
  })

  test('a retry after a conflict is rejected when the new state breaks a rule', async () => {
    const concert = await opened(1)
    const stale = await overtaken(concert, (other) => other.reserve())
    await expect(stale.reserve()).rejects.toMatchObject({ code: 'SoldOut', data: { version: 2 } })
  })

  test('a rejection on stale state is decided again on the stored state', async () => {
    const concert = await opened(1)
    await concert.reserve()
    const stale = await overtaken(concert, (other) => other.addSeats(1))
    await stale.reserve()
    expect(stale).toMatchObject({ version: 4, quantity: 0 })
  })

  test('a decision without an event is made again when the state was stale', async () => {
    const concert = await opened(1)
    const stale = await overtaken(concert, (other) => other.addSeats(9))
    await stale.commit(({ quantity }) => (quantity === 10 ? reserved : undefined))
    expect(stale.quantity).toBe(9)
  })

  test('a numbered event fails with VersionConflict when its number is taken', async () => {
    const concert = await opened(2)
    const stale = await overtaken(concert, (other) => other.reserve())
    const error = await refusal(stale.commit({ ...reserved, number: 2 }), VersionConflict)
    expect(error.data).toEqual({ id: concert.id, expectedVersion: 1, actualVersion: 2 })
    expect(await concert.events()).toHaveLength(2)
  })

  test.each([
    ['behind', 1],
    ['ahead', 3],
  ])(
    'a commit fails with VersionConflict when its expectedVersion is %s',
    async (_, expectedVersion) => {
      const concert = await opened(5)
      await concert.reserve()
      for (const instance of [concert, new Concert(concert.id)]) {
        const error = await refusal(instance.reserve({ expectedVersion }), VersionConflict)
        expect(error.data).toEqual({ id: concert.id, expectedVersion, actualVersion: 2 })
      }
      await concert.reserve({ expectedVersion: 2 })
      expect(concert.version).toBe(3)
    },
  )

  test('a stale instance accepts an expectedVersion that the store has reached', async () => {
    const concert = await opened(5)
    const stale = await overtaken(concert, (other) => other.reserve())
    await stale.reserve({ expectedVersion: 2 })
    expect(stale.version).toBe(3)
  })

  test('a failed commit leaves the instance unchanged', async () => {
    const concert = await opened(1)
    await concert.reserve()
    const before = JSON.stringify(concert)
    await refusal(concert.reserve(), EventRejected)
    await refusal(concert.commit({ ...seatsAdded(1), number: 9 }), VersionConflict)
    expect(JSON.stringify(concert)).toBe(before)
    await concert.addSeats(1)
    expect(concert).toMatchObject({ version: 3, quantity: 1 })
  })

  test('changes that a decision makes to its copy are discarded', async () => {
    const concert = await opened(1)
    await concert.commit((copy) => {
      copy.quantity = 1000
      return seatsAdded(1)
    })
    expect(concert.quantity).toBe(2)
  })

  test('commits on one instance run one after the other', async () => {
    const concert = await opened(20)
    await Promise.all(Array.from({ length: 20 }, () => concert.reserve()))
    expect(concert).toMatchObject({ version: 21, quantity: 0 })
    await expect(concert.reserve()).rejects.toMatchObject({ code: 'SoldOut' })
  })

  test('a commit that a rule starts on its resource runs after the current commit', async () => {
    const concert = await opened(1)
    const begun: Promise<unknown>[] = []
    await concert.commit((copy) => {
      begun.push(concert.addSeats(5), copy.addSeats(7))
      return reserved
    })
    await Promise.all(begun)
    const types = (await concert.events()).map(({ type }) => type)
    expect(types.slice(0, 2)).toEqual(['SeatsAdded', 'SeatsReserved'])
    expect(await Concert.findOne(concert.id)).toMatchObject({ version: 4, quantity: 12 })
  })

  test('concurrent instances never oversell a resource and lose no reservation', async () => {
    const { id } = await opened(10)
    const buyers = Array.from({ length: 16 }, () => new Concert(id).reserve())
    const results = await Promise.allSettled(buyers)
    const codes = results.map((result) =>
      result.status === 'fulfilled' ? 'reserved' : result.reason.code,
    )
    expect(codes.filter((code) => code === 'reserved')).toHaveLength(10)
    expect(codes.filter((code) => code === 'SoldOut')).toHaveLength(6)
    expect(await Concert.findOne(id)).toMatchObject({ quantity: 0, version: 11 })
  })

  test('a commit after an event that was never stored fails with VersionConflict', async () => {
    const created = '2030-01-01T00:00:00.000Z'
    const concert = new Concert()
    concert.apply({ ...seatsAdded(5), number: 1, created })
    const error = await refusal(concert.reserve(), VersionConflict)
    expect(error.data).toEqual({ id: concert.id, expectedVersion: 1, actualVersion: 0 })
    expect(await concert.events()).toEqual([])
  })

  test('a commit after an applied event of another instance succeeds', async () => {
    const concert = await opened(5)
    const other = await Concert.findOne(concert.id)
    const [event] = await concert.reserve()
    if (event) other.apply(event)
    await other.reserve()
    expect(other).toMatchObject({ version: 3, quantity: 3 })
  })

  test('dates do not decrease if the clocks of two writers differ by up to five minutes', async () => {
    const concert = new Concert()
    const created = new Date(Date.now() + 4 * 60_000).toISOString()
    await concert.commit({ ...seatsAdded(1), created })
    await concert.commit({ ...seatsAdded(1), created: '2019-01-01T00:00:00Z' })
    await (await Concert.findOne(concert.id)).addSeats(1)
    const { items } = await Concert.findAll()
    await items[0]?.addSeats(1)
    expect((await concert.events()).map((event) => event.created)).toEqual(
      Array.from({ length: 4 }, () => created),
    )
  })
})

describe('the state of a resource', () => {
  interface Listed extends Event {
    readonly type: 'Listed'
    readonly names: string[]
  }
  class List extends Aggregate<Listed> {
    names: string[] = []
    onListed({ names }: Listed): void {
      this.names = names
    }
  }

  test('is isolated from proposed, applied and returned events and from copies', async () => {
    bind(List, store)
    const list = new List()
    const proposed = { type: 'Listed', names: ['a'] } as const
    const names = ['a']
    const [committed] = await list.commit({ ...proposed, names })
    names.push('b')
    committed?.names.push('c')
    await list.commit((copy) => {
      copy.names.push('d')
      return undefined
    })
    expect(list.names).toEqual(['a'])
    const event = { ...proposed, number: 2, created: '2030-01-01T00:00:00Z', names: ['x'] }
    list.apply(event)
    event.names.push('y')
    expect(list.names).toEqual(['x'])
    expect((await List.findOne(list.id)).names).toEqual(['a'])
  })
})

describe('errors in handlers and classes', () => {
  interface Opened extends Event {
    readonly type: 'Opened'
  }
  class Door extends Aggregate<Opened> {
    opened = 0
    onOpened(_: Opened): void {
      this.opened += 1
      if (this.opened > 1) throw new Error('It is open already')
    }
  }
  class Broken extends Aggregate<Opened> {
    onOpened(): void {
      throw new TypeError('a bug')
    }
  }
  class Unhandled extends Aggregate<Opened> {}
  class WithArrow extends Aggregate<Opened> {
    opened = 0
    onOpened = (): void => {
      this.opened += 1
    }
  }

  test('a plain error in a handler rejects the commit and becomes the cause', async () => {
    bind(Door, store)
    const door = new Door()
    await door.commit({ type: 'Opened' })
    const error = await refusal(door.commit({ type: 'Opened' }), EventRejected)
    expect(error).toMatchObject({
      message: 'It is open already',
      data: { id: door.id, version: 1 },
      cause: { message: 'It is open already' },
    })
    expect(door.opened).toBe(1)
  })

  test('a plain error at replay fails with a CorruptHistory that names the event', async () => {
    bind(Door, store)
    const door = new Door()
    await door.commit({ type: 'Opened' })
    await store.append({
      id: door.id,
      number: 2,
      type: 'Opened',
      created: new Date().toISOString(),
      meta: { commandId: 'x' },
    })
    const error = await refusal(Door.findOne(door.id), CorruptHistory)
    expect(error.data).toEqual({ id: door.id, number: 2, type: 'Opened' })
  })

  test('bind rejects a missing class and asks whether its index.ts exports it', () => {
    expect(() => bind(Reflect.get({}, 'Lost'), store)).toThrow(
      /takes a class, not undefined: does its index.ts export/,
    )
  })

  test('a TypeError in a handler is rethrown', async () => {
    bind(Broken, store)
    await expect(new Broken().commit({ type: 'Opened' })).rejects.toThrow(TypeError)
  })

  test('an event without a handler fails with UnknownEvent at commit and at replay', async () => {
    bind(Door, store)
    // @ts-expect-error: Unhandled lacks a handler.
    bind(Unhandled, store)
    const door = new Door()
    await door.commit({ type: 'Opened' })
    const data = { id: door.id, number: 1, type: 'Opened' }
    const unhandled = new Unhandled(door.id)
    expect((await refusal(unhandled.hydrate(), UnknownEvent)).data).toEqual(data)
    await refusal(new Unhandled().commit({ type: 'Opened' }), UnknownEvent)
  })

  test('a handler in a field is rejected: handlers are methods', async () => {
    bind(WithArrow, store)
    await expect(new WithArrow().commit({ type: 'Opened' })).rejects.toThrow(/methods/)
  })

  test('a state that cannot be copied is rejected before any write', async () => {
    class Keeper extends Aggregate<Opened> {
      kept: unknown
      onOpened(): void {
        this.kept = [() => 'a function']
      }
    }
    bind(Keeper, store)
    const keeper = new Keeper()
    await expect(keeper.commit({ type: 'Opened' })).rejects.toThrow(/could not be cloned/)
    expect(await keeper.events()).toEqual([])
  })

  test('a query on an unbound class fails and names the class', async () => {
    class Unbound extends Aggregate<Opened> {
      onOpened(): void {}
    }
    await expect(Unbound.findOne('x')).rejects.toThrow(/Unbound is not bound to a store/)
    const { code, data } = await refusal(Unbound.findOne('x'), NotBound)
    expect({ code, data }).toEqual({ code: 'NotBound', data: { resource: 'Unbound' } })
  })
})

describe('reading', () => {
  test('findOne fails with ResourceNotFound for an id without events', async () => {
    const error = await refusal(Concert.findOne('nowhere'), ResourceNotFound)
    expect(error.data).toEqual({ id: 'nowhere' })
  })

  test('hydrate applies each newer event exactly once', async () => {
    const concert = await opened(9)
    const other = await Concert.findOne(concert.id)
    for (let count = 0; count < 7; count += 1) await concert.reserve()
    await Promise.all([other.hydrate(), other.hydrate()])
    expect(other).toMatchObject({ version: 8, quantity: 2 })
  })

  test('events returns the history after a number, up to a limit', async () => {
    const concert = await opened(9)
    for (let count = 0; count < 7; count += 1) await concert.reserve()
    const numbers = async (range?: Parameters<Concert['events']>[0]) =>
      (await concert.events(range)).map(({ number }) => number)
    expect(await numbers()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(await numbers({ after: 2, limit: 5 })).toEqual([3, 4, 5, 6, 7])
    expect(await numbers({ after: 8 })).toEqual([])
    await refusal(concert.events({ after: -1 }), InvalidArgument)
    await refusal(concert.events({ limit: 0 }), InvalidArgument)
  })

  test('a gap in the history fails with CorruptHistory', async () => {
    const concert = await opened(9)
    const meta = { commandId: 'x' }
    const created = new Date().toISOString()
    await store.append({ id: concert.id, number: 3, ...reserved, created, meta })
    const error = await refusal(Concert.findOne(concert.id), CorruptHistory)
    expect(error.data).toEqual({ id: concert.id, number: 2 })
    await refusal(Concert.findAll(), CorruptHistory)
  })

  test('a read succeeds when a gap in the history closes during the read', async () => {
    const concert = await opened(9)
    const meta = { commandId: 'x' }
    const created = new Date().toISOString()
    const event = (number: number) => ({ id: concert.id, number, ...reserved, created, meta })
    await store.append(event(3))
    const reading = Concert.findOne(concert.id)
    await store.append(event(2))
    expect(await reading).toMatchObject({ version: 3, quantity: 7 })
  })
})
