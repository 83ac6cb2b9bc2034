import {
  bind,
  CorruptHistory,
  commitTogether,
  type StoredEvent,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { refusal } from '../support/refusal.ts'
import { type TearingStore, tearingStore } from '../support/tearing-store.ts'

class Elsewhere extends Product {}

const restocked = { type: 'ProductRestocked', amount: 1 } as const
let tearing: TearingStore
let id: string

beforeEach(async () => {
  tearing = tearingStore()
  bind(Product, tearing.store, { held: 0 })
  bind(Elsewhere, tearing.store, { held: 0 })
  const product = new Product()
  id = product.id
  await product.restock(1)
  await product.commit([restocked, restocked, restocked], { commandId: 'several' })
})

const HALVES: readonly [string, (event: StoredEvent) => boolean][] = [
  ['a number without the one before it', ({ number }) => number === 3],
  ['the first event of a commit alone', ({ number }) => number > 2],
  ['all of a commit but its last event', ({ number }) => number === 4],
]

describe.each(HALVES)('a reader that meets %s reads again', (_, isHidden) => {
  beforeEach(() => tearing.hide(2, isHidden))

  test('findOne', async () => {
    expect(await Product.findOne(id)).toMatchObject({ version: 4, quantity: 4 })
  })

  test('events', async () => {
    expect((await new Product(id).events()).map(({ number }) => number)).toEqual([1, 2, 3, 4])
  })

  test('findAll and all', async () => {
    expect((await Product.findAll()).items).toMatchObject([{ id, version: 4, quantity: 4 }])
    tearing.hide(2, isHidden)
    const all: Product[] = []
    for await (const product of Product.all()) all.push(product)
    expect(all).toMatchObject([{ id, version: 4, quantity: 4 }])
  })

  test('a command, and one that is repeated', async () => {
    const product = new Product(id)
    await product.reserve()
    expect(product).toMatchObject({ version: 5, quantity: 3 })
    tearing.hide(2, isHidden)
    const again = { commandId: 'several' }
    const events = await new Elsewhere(id).commit([restocked, restocked, restocked], again)
    expect(events.map(({ number }) => number)).toEqual([2, 3, 4])
  })
})

test('a repeated command that sees one of two resources alone looks again', async () => {
  const [one, other] = [new Product(id), new Product()]
  const command = { commandId: 'both', command: 'both' }
  const both = (first: Product, second: Product) =>
    commitTogether([first, second], () => [restocked, restocked], command)
  const committed = await both(one, other)
  tearing.hide(3, ({ id: of, meta }) => of === other.id && meta.commandId === 'both')
  expect(await both(new Product(id), new Product(other.id))).toEqual(committed)
  expect(await other.events()).toHaveLength(1)
})

test('a refused put that brings half of a commit along decides nothing', async () => {
  bind(Product, tearing.store)
  await Product.findOne(id)
  const both = [restocked, { type: 'ProductReserved', quantity: 5 }] as const
  await new Elsewhere(id).commit(both)
  tearing.hide(2, ({ number }) => number === 6)
  const seen: number[] = []
  const decided = new Product(id).commit(({ quantity, version }) => {
    seen.push(version)
    return quantity > 0 ? { type: 'ProductReserved', quantity } : undefined
  })
  expect(await decided).toEqual([])
  expect(seen).not.toContain(5)
})

test('what stays torn is a CorruptHistory that names the event', async () => {
  for (const [, isHidden] of HALVES) {
    tearing.hide(Number.POSITIVE_INFINITY, isHidden)
    const { data } = await refusal(Product.findOne(id), CorruptHistory)
    expect(data).toMatchObject({ id, number: isHidden === HALVES[2]?.[1] ? 4 : 3 })
  }
})
