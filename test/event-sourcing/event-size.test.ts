import {
  bind,
  type CommitOptions,
  dynamoDBEventStore,
  type EventStore,
  InvalidEvent,
  inMemoryEventStore,
  isEventSourcingError,
} from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const KB_400 = 400 * 1024
const restocked = (more: object) => ({ type: 'ProductRestocked', amount: 1, ...more })
const large = (bytes: number) => restocked({ note: 'x'.repeat(bytes) })

const writes = () => proxy.count('PutItem') + proxy.count('TransactWriteItems')

let store: EventStore

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  store = dynamoDBEventStore({ tableName, client: proxy.client() })
  bind(Product, store)
})

function manyLongNames(): [string, number][] {
  return Array.from({ length: 7 }, (_, index) => [`${index}`.repeat(60_000), index])
}

/** Commits what the types would not let pass. */
function commit(product: Product, event: unknown, options?: CommitOptions) {
  const decide: () => never = () => event as never
  return product.commit(decide, options)
}

test.each([
  ['one text', large(KB_400)],
  ['one text of characters of several bytes', restocked({ note: '🙂'.repeat(KB_400 / 4) })],
  ['many small values', restocked({ note: Array.from({ length: 140_000 }, () => 'xx') })],
  [
    'many numbers',
    restocked({ note: Array.from({ length: 40_000 }, (_, index) => -1 / (index + 3)) }),
  ],
  ['long names', restocked(Object.fromEntries(manyLongNames()))],
])('over 400 KB is InvalidEvent before anything is written: %s', async (_, event) => {
  for (const proposal of [event, [restocked({}), event]]) {
    const error = await refusal(commit(new Product(), proposal), InvalidEvent)
    expect(error.data).toMatchObject({ type: 'ProductRestocked', attribute: 'size' })
  }
  expect(writes()).toBe(0)
})

test('a name over 64 KB is InvalidEvent before anything is written', async () => {
  const name = 'x'.repeat(65_536)
  for (const event of [restocked({ [name]: 1 }), restocked({ note: [{ [name]: 1 }] })]) {
    await refusal(commit(new Product(), event), InvalidEvent)
  }
  expect(writes()).toBe(0)
})

test.each<[string, unknown, number]>([
  ['digits', 7, 3],
  ['fractions', 12.34, 4],
  ['negative fractions of many digits', -1 / 7, 12],
  ['large numbers', Number.MAX_SAFE_INTEGER, 10],
  ['booleans', true, 2],
  ['letters of several bytes', '🙂', 5],
  ['empty lists', [], 4],
])('whatever is not refused is stored, up to 400 KB: a list of %s', async (_, value, bytes) => {
  const count = await largestStored(
    new Product(),
    Math.ceil(KB_400 / bytes),
    KB_400 / bytes / 50,
    (product, length) => commit(product, restocked({ note: Array.from({ length }, () => value) })),
  )
  expect(count * bytes).toBeGreaterThan(KB_400 * 0.6)
})

/** Finds the largest size that is not refused, and stores it. */
async function largestStored(
  product: Product,
  refused: number,
  precision: number,
  commitTo: (product: Product, size: number) => Promise<unknown>,
): Promise<number> {
  // The same is refused for a store that takes no time.
  const isRefused = async (size: number) => {
    bind(Product, inMemoryEventStore())
    return commitTo(new Product(product.id), size).then(
      () => false,
      (error: unknown) => {
        if (isEventSourcingError(error, 'InvalidEvent')) return true
        throw error
      },
    )
  }
  let [least, most] = [0, refused]
  expect(await isRefused(most)).toBe(true)
  while (most - least > precision) {
    const middle = Math.floor((least + most) / 2)
    if (await isRefused(middle)) most = middle
    else least = middle
  }
  bind(Product, store)
  await refusal(commitTo(product, most), InvalidEvent)
  await commitTo(product, least)
  expect(await product.events()).toHaveLength(1)
  return least
}

test.each([
  ['a UUID', undefined],
  ['an id of 2048 bytes', 'x'.repeat(2048)],
  ['an id of 2048 bytes in few characters', '🙂'.repeat(512)],
])('whatever is not refused is stored, up to 400 KB: with %s', async (_, id) => {
  const product = new Product(id)
  const bytes = await largestStored(product, KB_400, 8, (own, size) =>
    commit(own, large(size), { commandId: 'x'.repeat(128) }),
  )
  expect(bytes + Buffer.byteLength(product.id)).toBeGreaterThan(KB_400 - 512)
})

test('the events of one commit over 4 MB together are InvalidEvent before anything is written', async () => {
  const product = new Product()
  const events = Array.from({ length: 11 }, () => large(390_000))
  const error = await refusal(commit(product, events), InvalidEvent)
  expect(error.data).toMatchObject({ id: product.id, attribute: 'size' })
  expect(writes()).toBe(0)
  await commit(product, events.slice(1))
  expect(await product.events()).toHaveLength(10)
})

test('more than 100 events of one commit are InvalidEvent before anything is written', async () => {
  const product = new Product()
  const events = Array.from({ length: 101 }, () => restocked({}))
  const error = await refusal(commit(product, events), InvalidEvent)
  expect(error.data).toMatchObject({ id: product.id, attribute: 'size' })
  expect(writes()).toBe(0)
  await commit(product, events.slice(1))
  expect(product.version).toBe(100)
})
