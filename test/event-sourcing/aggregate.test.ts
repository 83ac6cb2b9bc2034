import {
  Aggregate,
  bind,
  CorruptHistory,
  type Event,
  EventRejected,
  type EventStore,
  InvalidArgument,
  inMemoryEventStore,
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

/** An instance that knows the resource as it was before another writer came. */
async function overtaken(concert: Concert, command: (other: Concert) => Promise<unknown>) {
  const stale = await Concert.findOne(concert.id)
  await command(concert)
  return stale
}

describe('commit', () => {
  test('gives back the committed event, numbered, dated, with command and without trace', async () => {
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

  test('each commit has a command id of its own', async () => {
    const concert = await opened()
    await concert.reserve()
    const ids = (await concert.events()).map(({ meta }) => meta?.commandId)
    expect(new Set(ids).size).toBe(2)
  })

  test('a decision for no event commits nothing', async () => {
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

  test('a conflict can end in a refusal, when the rules refuse on the new state', async () => {
    const concert = await opened(1)
    const stale = await overtaken(concert, (other) => other.reserve())
    await expect(stale.reserve()).rejects.toMatchObject({ code: 'SoldOut', data: { version: 2 } })
  })

  test('a refusal on stale state is confirmed against the store before it is given', async () => {
    const concert = await opened(1)
    await concert.reserve()
    const stale = await overtaken(concert, (other) => other.addSeats(1))
    await stale.reserve()
    expect(stale).toMatchObject({ version: 4, quantity: 0 })
  })

  test('a decision for no event is made again when the state was stale', async () => {
    const concert = await opened(1)
    const stale = await overtaken(concert, (other) => other.addSeats(9))
    await stale.commit(({ quantity }) => (quantity === 10 ? reserved : undefined))
    expect(stale.quantity).toBe(9)
  })

  test('with a number it is a lock: a conflict is a VersionConflict and stores nothing', async () => {
    const concert = await opened(2)
    const stale = await overtaken(concert, (other) => other.reserve())
    const error = await refusal(stale.commit({ ...reserved, number: 2 }), VersionConflict)
    expect(error.data).toEqual({ id: concert.id, expectedVersion: 1, actualVersion: 2 })
    expect(await concert.events()).toHaveLength(2)
  })

  test.each([
    ['behind', 1],
    ['ahead', 3],
  ])('with an expectedVersion that is %s it is a VersionConflict', async (_, expectedVersion) => {
    const concert = await opened(5)
    await concert.reserve()
    for (const instance of [concert, new Concert(concert.id)]) {
      const error = await refusal(instance.reserve({ expectedVersion }), VersionConflict)
      expect(error.data).toEqual({ id: concert.id, expectedVersion, actualVersion: 2 })
    }
    await concert.reserve({ expectedVersion: 2 })
    expect(concert.version).toBe(3)
  })

  test('an expectedVersion that the store has reached meanwhile holds', async () => {
    const concert = await opened(5)
    const stale = await overtaken(concert, (other) => other.reserve())
    await stale.reserve({ expectedVersion: 2 })
    expect(stale.version).toBe(3)
  })

  test('nothing of a failed commit is left in the object', async () => {
    const concert = await opened(1)
    await concert.reserve()
    const before = JSON.stringify(concert)
    await refusal(concert.reserve(), EventRejected)
    await refusal(concert.commit({ ...seatsAdded(1), number: 9 }), VersionConflict)
    expect(JSON.stringify(concert)).toBe(before)
    await concert.addSeats(1)
    expect(concert).toMatchObject({ version: 3, quantity: 1 })
  })

  test('what a decision does to the resource it was given changes nothing', async () => {
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

  test('a commit that a rule begins on its own resource comes after the one it decides', async () => {
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

  test('many instances on one resource never go below zero and lose nothing', async () => {
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

  test('an event that was applied and never stored leads to no hole in the history', async () => {
    const created = '2030-01-01T00:00:00.000Z'
    const concert = new Concert()
    concert.apply({ ...seatsAdded(5), number: 1, created })
    const error = await refusal(concert.reserve(), VersionConflict)
    expect(error.data).toEqual({ id: concert.id, expectedVersion: 1, actualVersion: 0 })
    expect(await concert.events()).toEqual([])
  })

  test('an event that was applied as it came from elsewhere may be built on', async () => {
    const concert = await opened(5)
    const other = await Concert.findOne(concert.id)
    const [event] = await concert.reserve()
    if (event) other.apply(event)
    await other.reserve()
    expect(other).toMatchObject({ version: 3, quantity: 3 })
  })

  test('a date never decreases, whatever the writer’s clock says', async () => {
    const concert = new Concert()
    await concert.commit({ ...seatsAdded(1), created: '2030-01-01T00:00:00.000Z' })
    await concert.commit({ ...seatsAdded(1), created: '2029-01-01T00:00:00Z' })
    await (await Concert.findOne(concert.id)).addSeats(1)
    const { items } = await Concert.findAll()
    await items[0]?.addSeats(1)
    expect((await concert.events()).map(({ created }) => created)).toEqual(
      Array.from({ length: 4 }, () => '2030-01-01T00:00:00.000Z'),
    )
  })
})

describe('the state shares no object with anybody', () => {
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

  test('neither with an event that was proposed, applied or returned, nor with a copy', async () => {
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

describe('errors of handlers and rules', () => {
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

  test('a plain error in a handler rejects the commit, with that cause', async () => {
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

  test('at replay it is a CorruptHistory that names the event', async () => {
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

  test('a class that an index forgot to export is refused by bind, which asks for it', () => {
    expect(() => bind(Reflect.get({}, 'Lost'), store)).toThrow(
      /takes a class, not undefined: does its index.ts export/,
    )
  })

  test('a bug in a handler stays a bug', async () => {
    bind(Broken, store)
    await expect(new Broken().commit({ type: 'Opened' })).rejects.toThrow(TypeError)
  })

  test('an event without a handler is an UnknownEvent, at commit and at replay', async () => {
    bind(Door, store)
    // @ts-expect-error: it lacks a handler.
    bind(Unhandled, store)
    const door = new Door()
    await door.commit({ type: 'Opened' })
    const data = { id: door.id, number: 1, type: 'Opened' }
    const unhandled = new Unhandled(door.id)
    expect((await refusal(unhandled.hydrate(), UnknownEvent)).data).toEqual(data)
    await refusal(new Unhandled().commit({ type: 'Opened' }), UnknownEvent)
  })

  test('a handler kept in a field is refused: state is data, handlers are methods', async () => {
    bind(WithArrow, store)
    await expect(new WithArrow().commit({ type: 'Opened' })).rejects.toThrow(/methods/)
  })

  test('a state that cannot be copied is refused before anything is written', async () => {
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

  test('a class that is not bound says so', async () => {
    class Unbound extends Aggregate<Opened> {
      onOpened(): void {}
    }
    await expect(Unbound.findOne('x')).rejects.toThrow(/Unbound is not bound to a store/)
  })
})

describe('reading', () => {
  test('findOne of an id without events is ResourceNotFound', async () => {
    const error = await refusal(Concert.findOne('nowhere'), ResourceNotFound)
    expect(error.data).toEqual({ id: 'nowhere' })
  })

  test('hydrate applies what is newer than the version held, and nothing twice', async () => {
    const concert = await opened(9)
    const other = await Concert.findOne(concert.id)
    for (let count = 0; count < 7; count += 1) await concert.reserve()
    await Promise.all([other.hydrate(), other.hydrate()])
    expect(other).toMatchObject({ version: 8, quantity: 2 })
  })

  test('events gives the history after a number, up to a limit', async () => {
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

  test('a number that is missing from the history is a CorruptHistory', async () => {
    const concert = await opened(9)
    const meta = { commandId: 'x' }
    const created = new Date().toISOString()
    await store.append({ id: concert.id, number: 3, ...reserved, created, meta })
    const error = await refusal(Concert.findOne(concert.id), CorruptHistory)
    expect(error.data).toEqual({ id: concert.id, number: 2 })
    await refusal(Concert.findAll(), CorruptHistory)
  })

  test('a hole that closes while it is looked at is no corruption', async () => {
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
