import { bind, dynamoDBEventStore, InvalidEvent } from '../../lib/event-sourcing/index.ts'
import { Product } from '../../lib/shopping/index.ts'
import { withDynamoDB } from '../support/dynamodb.ts'
import { withDynamoDBProxy } from '../support/dynamodb-proxy.ts'
import { commit, KB_400, restocked, storeLargest } from '../support/event-size.ts'
import { refusal } from '../support/refusal.ts'

const dynamodb = withDynamoDB()
const proxy = withDynamoDBProxy(dynamodb)
const large = (bytes: number) => restocked({ note: 'x'.repeat(bytes) })

const writes = () => proxy.count('PutItem') + proxy.count('TransactWriteItems')

beforeEach(async () => {
  const tableName = await dynamodb.newTable()
  bind(Product, dynamoDBEventStore({ tableName, client: proxy.client() }))
})

function manyLongNames(): [string, number][] {
  return Array.from({ length: 7 }, (_, index) => [`${index}`.repeat(60_000), index])
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
  ['negative fractions of many digits', -1 / 7, 12],
  ['large numbers', Number.MAX_SAFE_INTEGER, 10],
])('whatever is not refused is stored, up to 400 KB: a list of %s', async (_, value, bytes) => {
  const listOf = (length: number) => restocked({ note: Array.from({ length }, () => value) })
  const count = await storeLargest(new Product(), listOf, Math.ceil(KB_400 / bytes), 0.99)
  expect(count * bytes).toBeGreaterThan(KB_400 * 0.6)
})

test.each([
  ['a UUID', undefined],
  ['an id of 2048 bytes', 'x'.repeat(2048)],
  ['an id of 2048 bytes in few characters', '🙂'.repeat(512)],
])('whatever is not refused is stored, up to 400 KB: with %s', async (_, id) => {
  const product = new Product(id)
  const commandId = 'x'.repeat(128)
  const bytes = await storeLargest(product, large, KB_400, 0.9995, { commandId })
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
