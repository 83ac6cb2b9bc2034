import {
  Aggregate,
  bind,
  type Event,
  type EventStore,
  InvalidArgument,
  type Upcasters,
} from '../../lib/event-sourcing/index.ts'
import { Concert } from '../app/lib/tickets/index.ts'
import { refusal } from '../support/refusal.ts'
import { withStores } from '../support/stores.ts'

async function stock(count: number): Promise<Concert[]> {
  const concerts = Array.from({ length: count }, () => new Concert())
  for (const [index, concert] of concerts.entries()) {
    await concert.addSeats(index + 1)
    await concert.reserve()
    await concert.addSeats(1)
  }
  return concerts
}

const shown = (concerts: Iterable<Concert>) =>
  [...concerts].map(({ id, version, quantity }) => ({ id, version, quantity })).sort(byId)
const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1)

interface Rung extends Event {
  readonly type: 'Rung' | 'Cracked' | 'Tied'
}

/** A resource whose stored events can fail in every way. */
class Bell extends Aggregate<Rung> {
  static override readonly upcasters: Upcasters<Rung> = {
    Struck() {
      throw new Error('the upcaster is broken')
    },
  }
  rope: unknown = null
  onRung() {}
  onCracked() {
    throw new TypeError('the handler is broken')
  }
  // A function cannot be part of a state.
  onTied() {
    this.rope = () => {}
  }
}

/** The events of a broken resource by its id, and the code of its error. */
const BROKEN: Readonly<Record<string, readonly [code: string, ...events: [number, string][]]>> = {
  'b-gap': ['CorruptHistory', [1, 'Rung'], [3, 'Rung']],
  'c-unknown': ['UnknownEvent', [1, 'Rung'], [2, 'Hung'], [3, 'Rung']],
  'e-upcaster': ['CorruptHistory', [1, 'Rung'], [2, 'Struck']],
  'f-handler': ['CorruptHistory', [1, 'Cracked']],
  'g-field': ['TypeError', [1, 'Tied']],
}
const WHOLE = ['a', 'd', 'h']

async function hang(store: EventStore): Promise<void> {
  bind(Bell, store)
  const whole = WHOLE.map((id) => [id, [1, 'Rung'], [2, 'Rung']] as const)
  const broken = Object.entries(BROKEN).map(([id, [, ...events]]) => [id, ...events] as const)
  for (const [id, ...events] of [...whole, ...broken]) {
    for (const [number, type] of events) {
      const meta = { commandId: `${id}/${number}` }
      await store.append({ id, number, type, created: '2030-01-01T00:00:00.000Z', meta })
    }
  }
}

const codeOf = (error: unknown) => (error instanceof Error ? error.name : typeof error)

async function pages(limit: number, between: () => Promise<unknown> = async () => {}) {
  const all: Concert[][] = []
  let nextToken: string | undefined
  do {
    const page = await Concert.findAll({ limit, nextToken })
    all.push([...page.items])
    nextToken = page.nextToken
    await between()
  } while (nextToken)
  return all
}

describe.each(withStores())('%s', (_, emptyStore) => {
  beforeEach(async () => {
    bind(Concert, await emptyStore())
  })

  test('pages of any size list every resource once, with up-to-date state', async () => {
    const concerts = await stock(7)
    for (const limit of [1, 2, 3, 6, 7, 8]) {
      const all = await pages(limit)
      expect(shown(all.flat())).toEqual(shown(concerts))
      expect(all.slice(0, -1).every(({ length }) => length === limit)).toBe(true)
    }
  })

  test('pages list every resource once while other processes write', async () => {
    const concerts = await stock(7)
    const all = await pages(2, async () => {
      for (const concert of concerts) await concert.addSeats(1)
      await stock(1)
    })
    const ids = all.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining(concerts.map(({ id }) => id)))
  })

  test('all returns every resource', async () => {
    const concerts = await stock(5)
    const all: Concert[] = []
    for await (const concert of Concert.all()) all.push(concert)
    expect(shown(all)).toEqual(shown(concerts))
  })

  test('an empty store has one empty page', async () => {
    expect(await Concert.findAll()).toEqual({ items: [] })
  })

  test('a listed resource accepts commands', async () => {
    await stock(1)
    const { items } = await Concert.findAll()
    await items[0]?.reserve()
    expect(items[0]).toMatchObject({ version: 4, quantity: 0, status: 'sold-out' })
  })

  test.each([1, 2, 3, 100])(
    'pages of %d that skip errors list every other resource, and each failure once with its id',
    async (limit) => {
      await hang(await emptyStore())
      const items: Bell[] = []
      const failures: Record<string, string> = {}
      let nextToken: string | undefined
      do {
        const page = await Bell.findAll({ limit, nextToken, onError: 'skip' })
        items.push(...page.items)
        for (const { id, error } of page.failures ?? []) {
          expect(failures).not.toHaveProperty(id)
          failures[id] = codeOf(error)
        }
        const size = page.items.length + (page.failures?.length ?? 0)
        expect(size).toBe(page.nextToken ? limit : Math.min(size, limit))
        nextToken = page.nextToken
      } while (nextToken)
      expect(items.map(({ id, version }) => `${id}/${version}`).sort()).toEqual([
        'a/2',
        'd/2',
        'h/2',
      ])
      expect(failures).toEqual(
        Object.fromEntries(Object.entries(BROKEN).map(([id, [code]]) => [id, code])),
      )
    },
  )

  test('a failure has the error that findOne throws', async () => {
    await hang(await emptyStore())
    const { failures = [] } = await Bell.findAll({ onError: 'skip' })
    expect(failures).toHaveLength(5)
    for (const { id, error } of failures) {
      await Bell.findOne(id).then(
        () => expect(id).toBe('broken'),
        (alone) => expect(error).toEqual(alone),
      )
    }
  })

  test('without an option, a resource that cannot be derived fails the page and the iteration', async () => {
    await hang(await emptyStore())
    await expect(Bell.findAll()).rejects.toThrow()
    await expect(Bell.findAll({ onError: 'throw' })).rejects.toThrow()
    const everything = async () => {
      for await (const _ of Bell.all());
    }
    await expect(everything()).rejects.toThrow()
  })

  test('a page that skips errors has an empty list of failures if there are none', async () => {
    const [concert] = await stock(1)
    expect(await Concert.findAll({ onError: 'skip' })).toEqual({ items: [concert], failures: [] })
  })

  test('another value of onError is rejected', async () => {
    const error = await refusal(Concert.findAll({ onError: 'ignore' as never }), InvalidArgument)
    expect(error.data).toEqual({ argument: 'onError', value: 'ignore' })
  })

  test.each([0, -1, 1.5, 1001, Number.NaN])('the limit %p is rejected', async (limit) => {
    await refusal(Concert.findAll({ limit }), InvalidArgument)
  })

  test('an invalid token and a token of another store are rejected', async () => {
    await stock(2)
    const { nextToken = '' } = await Concert.findAll({ limit: 1 })
    for (const token of ['', 'x', '{}', btoa('null'), btoa('{"v":1}'), nextToken.slice(2)]) {
      await refusal(Concert.findAll({ nextToken: token }), InvalidArgument)
    }
    bind(Concert, await emptyStore())
    await refusal(Concert.findAll({ nextToken }), InvalidArgument)
  })
})
