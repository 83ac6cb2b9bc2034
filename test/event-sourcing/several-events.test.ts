import {
  bind,
  type EventStore,
  InvalidEvent,
  inMemoryEventStore,
  VersionConflict,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { type Calls, countCalls } from '../support/counting-store.ts'
import { refusal } from '../support/refusal.ts'

const restocked = (amount = 1) => ({ type: 'ProductRestocked', amount }) as const
const reserved = { type: 'ProductReserved', quantity: 1 } as const
let store: EventStore
let calls: Calls
let product: Product

beforeEach(() => {
  store = inMemoryEventStore()
  calls = countCalls(store)
  bind(Product, store)
  product = new Product()
})

test('they are one command, numbered one after the other, at one time', async () => {
  const events = await product.commit([restocked(3), reserved, reserved], { commandId: 'c' })
  expect(events.map(({ number }) => number)).toEqual([1, 2, 3])
  expect(events.map(({ meta }) => [meta?.commandId, meta?.position, meta?.size])).toEqual([
    ['c', 1, 3],
    ['c', 2, 3],
    ['c', 3, 3],
  ])
  expect(new Set(events.map(({ created }) => created)).size).toBeLessThanOrEqual(2)
  expect(product).toMatchObject({ version: 3, quantity: 1 })
  expect(await product.events()).toEqual(events)
  expect(calls.append).toBe(1)
})

test('one that is refused keeps all of them from being stored', async () => {
  const bad: object = { ...reserved, note: undefined }
  const decide: () => never = () => [restocked(), bad] as never
  await refusal(product.commit(decide), InvalidEvent)
  expect(await product.events()).toEqual([])
  expect(product.version).toBe(0)
})

test('a hundred are a commit; one more is refused before anything is written', async () => {
  const hundred = Array.from({ length: 100 }, () => restocked())
  await product.commit(hundred)
  expect(product).toMatchObject({ version: 100, quantity: 100 })
  await refusal(product.commit([...hundred, restocked()]), InvalidEvent)
  expect(await product.events()).toHaveLength(100)
})

test('over 4 MB together they are refused before anything is written', async () => {
  const large = { ...restocked(), note: 'x'.repeat(390_000) }
  const decide: () => never = () => Array.from({ length: 11 }, () => large) as never
  await refusal(product.commit(decide), InvalidEvent)
  expect(calls.append).toBe(0)
})

test('a number given with the first is a lock', async () => {
  await product.restock(1)
  const events = [{ ...restocked(), number: 2 }, reserved]
  await new Product(product.id).commit(events)
  await refusal(new Product(product.id).commit(events), VersionConflict)
  expect(await product.events()).toHaveLength(3)
})

test('an empty list commits nothing', async () => {
  expect(await product.commit([])).toEqual([])
  expect(await product.commit(() => [])).toEqual([])
  expect(calls.append).toBe(0)
})
